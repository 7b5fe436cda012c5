"""Checks of cases, policies, designs and replays: what is wrong, and what is legal and probably not meant."""
