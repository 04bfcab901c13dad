from django.db.models import BooleanField, F, Func, Value


def any_of(name, values):
    """Whether the column `name` has one of the `values`: one array, however many they are."""
    array = Value(values)  # of no field, which would prepare each value
    return Func(
        *(F(name), array),
        template="%(expressions)s)",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )
