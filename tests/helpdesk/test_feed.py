"""The news of a place where coordinators read together, and where a channel stands in what it reads."""

from __future__ import annotations

from helpdesk.bookmarks import Bookmarks
from helpdesk.correspondence import Correspondence
from helpdesk.feed import Feed
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, paris


def test_what_every_coordinator_is_told_is_news_once(network: Network) -> None:
    feed = Feed(network.office, "hall")
    ticket = network.assigned()
    begun = feed.latest()
    network.sweep_until(paris(4, 10))
    assert sorted(network.pending(K.breach), key=lambda row: row.id)
    news = [item for item in feed.news(begun) if item.kind is K.breach]
    assert [item.ticket_id for item in news] == [ticket]
    assert all("person" not in item.key for item in news)
    handled = Correspondence(network.office).handled
    for item in feed.news(begun):
        handled(feed.mark(item.key))
    assert feed.news(begun) == ()
    assert [item.ticket_id for item in Feed(network.office, "other").news(begun) if item.kind is K.breach] == [ticket]


def test_what_was_told_before_is_no_news_and_old_news_is_none(network: Network) -> None:
    feed = Feed(network.office, "hall")
    network.assigned()
    network.sweep_until(paris(4, 10))
    assert feed.news(feed.latest()) == ()
    assert feed.news(0)
    network.clock.advance(days=4)
    assert [item for item in feed.news(0) if item.kind is K.breach] == []


def test_a_bookmark_goes_forward_or_where_it_is_put(network: Network) -> None:
    bookmarks = Bookmarks(network.office, "letter")
    assert bookmarks.read("read:1") is None
    bookmarks.keep("read:1", 12, forward=True)
    bookmarks.keep("read:1", 9, forward=True)
    bookmarks.keep("board:1", 7)
    bookmarks.keep("board:1", 3)
    assert (bookmarks.all("read"), bookmarks.read("board:1")) == ({"1": 12}, 3)
    assert Bookmarks(network.office, "console").all("read") == {}
    bookmarks.drop("read:1")
    assert bookmarks.all("read") == {}


def test_what_was_no_longer_true_when_it_was_to_be_told_is_no_news(network: Network) -> None:
    today = paris(1, 20)
    network.clock.reach(today)
    for name in ("marc", "ines"):
        network.experts.declare_absence(network.key(), account(name), today.date(), today.date())
    network.asks("claire", "Un fournisseur nous menace, que faire ?")
    network.clock.reach(paris(2, 9))
    network.sweep.run()
    assert K.unassigned not in kinds(network.deliver())
    assert K.unassigned not in [item.kind for item in Feed(network.office, "hall").news(0)]
