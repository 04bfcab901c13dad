from django.db.models import BooleanField, F, Func, Value


def any_of(name, values):
    """Whether the column `name` has one of the `values`, a list: one array, however long."""
    array = Value(values)  # of no field, which would prepare each value
    ids = values and isinstance(values[0], int)
    return Func(
        *(F(name), array),
        template=f"%(expressions)s{'::bigint[]' if ids else ''})",  # hashed: of the column's type
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )
