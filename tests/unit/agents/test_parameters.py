"""Every group of parameters declared is one that runs have."""

from detente.agents.parameters import Group, Parameters


def forgotten(groups, whole):
    """A line for each group of parameters that is no field of the whole."""
    held = {field.annotation for field in whole.model_fields.values()}
    return [
        f"class {group.__name__} in agents/parameters.py is no group of Parameters: add a field of it there"
        for group in groups
        if group not in held
    ]


def test_every_group_declared_is_one_of_parameters():
    ours = [group for group in Group.__subclasses__() if group.__module__ == Parameters.__module__]
    assert forgotten([group for group in ours if group is not Parameters], Parameters) == []


def test_a_group_that_is_left_out_is_named():
    grief = type("Grief", (), {})
    line = "class Grief in agents/parameters.py is no group of Parameters: add a field of it there"
    assert forgotten([grief], Parameters) == [line]
