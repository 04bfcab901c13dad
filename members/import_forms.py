"""The forms of an import: the file, then Apply."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .csv_files import BadFile
from .imports.lines import MembersFile
from .operation_forms import OperationForm


class UploadForm(OperationForm):
    file = forms.FileField(
        label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"})
    )

    def clean_file(self):
        """Read the file: what is no CSV of members is an error of the form."""
        file = self.cleaned_data["file"]
        if file.size > settings.LARGEST_FILE:
            text = _("The file is larger than %(size)s MiB. Split it.")
            raise forms.ValidationError(text % {"size": settings.LARGEST_FILE // 2**20})
        content = file.read()
        try:
            self.sent = {"name": file.name, "content": content, "file": MembersFile(content)}
        except BadFile as bad:
            raise forms.ValidationError(str(bad)) from None
        return file


class ApplyForm(OperationForm):
    """`digest`: of the verdicts that the admin was shown."""

    digest = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, sent, **kwargs):
        super().__init__(*args, initial={"digest": sent.digest}, **kwargs)

    @property
    def seen(self):
        """What the admin was shown, as the operation takes it."""
        return {"digest": self.cleaned_data["digest"]}

    def show(self, digest):
        """Apply what is shown now, when it is sent again."""
        self.data = self.data.copy()
        self.data["digest"] = digest
