"""One template for a page and for the region of it that htmx swaps."""

from urllib.parse import urlsplit

from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

form_view = require_http_methods(["GET", "HEAD", "POST"])


def posted(request):
    """What a form was sent with; None while it is only opened."""
    return request.POST if request.method == "POST" else None


def render_page(request, page, region, context):
    """Answer with `page`, or with its `region` alone when that is what htmx is about to swap.

    The region is one word: its element's id and the file `_<region>.html` beside the page.
    """
    folder = page.rpartition("/")[0]
    swapped = request.htmx and request.htmx.target == region
    response = render(request, f"{folder}/_{region}.html" if swapped else page, context)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def render_form(request, template, form, **context):
    """Answer with a form's page: 200, or 422 with its errors, or 409 with a refusal."""
    return render(request, template, {"form": form, **context}, status=form.status)


def redirect_after(request, url, *others):
    """Redirect to `url` after a write; if a dialog stands over it or one of the `others`, there."""
    try:
        beneath = urlsplit(request.htmx.current_url_abs_path or "")
    except ValueError:  # not an address at all
        return redirect(url)
    if not beneath.netloc and beneath.path in (url, *others):  # "//elsewhere" is another site
        url = beneath._replace(fragment="").geturl()
    return redirect(url)
