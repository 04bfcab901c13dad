from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, Value


def any_of(name, kind, values):
    """Whether the column `name` has one of the `values`: one array, however many they are."""
    array = Value(values, output_field=ArrayField(kind))
    return Func(
        *(F(name), array),
        template="%(expressions)s)",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )
