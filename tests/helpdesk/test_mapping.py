"""Roles that a platform's own bring: given, taken back, and never more than they brought."""

from __future__ import annotations

from helpdesk.mapping import Mapping
from helpdesk.model import Role
from tests.helpdesk.network import Network, account

EXPERT = frozenset({Role.expert})


def _roles(network: Network, name: str) -> set[str]:
    return set(network.person(name).roles)


def test_a_role_is_brought_and_taken_back(network: Network) -> None:
    mapping = Mapping(network.office)
    mapping.fit(account("claire"), EXPERT)
    assert _roles(network, "claire") == {"member", "expert"}
    mapping.fit(account("claire"), frozenset())
    assert _roles(network, "claire") == {"member"}


def test_a_role_given_in_guichet_outlives_the_platforms(network: Network) -> None:
    mapping = Mapping(network.office)
    mapping.fit(account("marc"), EXPERT)
    mapping.fit(account("marc"), frozenset())
    assert _roles(network, "marc") == {"member", "expert"}


def test_nobody_becomes_an_administrator_so(network: Network) -> None:
    Mapping(network.office).fit(account("claire"), frozenset({Role.admin}))
    assert _roles(network, "claire") == {"member"}


def test_the_same_roles_again_write_nothing_and_strangers_are_left_alone(network: Network) -> None:
    mapping = Mapping(network.office)
    mapping.fit(account("claire"), EXPERT)
    before = network.everything()
    mapping.fit(account("claire"), EXPERT)
    mapping.fit(account("eve"), EXPERT)
    assert network.everything() == before
