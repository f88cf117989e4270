"""The library, a path, its editions and what changed, as readers see them."""

from __future__ import annotations

import pytest

from coe.paths import checks, people, services

pytestmark = pytest.mark.django_db
BASE = "/paths/team-start/"


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


class TestLibrary:
    def test_what_a_path_is_and_how_to_start(self, make, sign_in, path, monkeypatch):
        monkeypatch.setattr(people, "_counts", [lambda ids: {path.pk: 17}])
        page = text(sign_in(make.person()), "/paths/?q=nothing to a first")
        row = page.split("<tbody>")[1]
        for words in ("Team start", "From nothing to a first model.", "New team", ">4<", "1 h 5 min", ">17<"):
            assert words in row
        assert 'href="/onboarding/enrol/?path=team-start"' in row
        assert "Write a path" not in page

    def test_nobody_counts_yet(self, make, sign_in, path, monkeypatch):
        monkeypatch.setattr(people, "_counts", [])
        assert ">0<" in text(sign_in(make.person()), "/paths/?q=team-start").split("<tbody>")[1]

    def test_the_levels_in_their_order(self, make, sign_in):
        for level in (2, 1):
            make.path(f"rung-{level}", audience="mentor", level=level)
        make.path("alone", audience="other", level=1)
        make.path("half", audience="mentor", level=3, published=False)
        page = text(sign_in(make.person()), "/paths/")
        ladder = page.split('id="ladder-mentor"')[1].split("</section>")[0]
        assert ladder.index("Rung 1") < ladder.index("Rung 2")
        assert "Half" not in ladder
        assert 'id="ladder-other"' not in page
        assert "ladder-mentor" not in text(sign_in(make.person()), "/paths/?q=rung")
        own = text(sign_in(make.person()), "/paths/rung-2/")
        assert 'class="here"><a href="/paths/rung-2/" aria-current="page"' in own

    def test_drafts_are_for_those_who_write_them(self, make, sign_in, owner, admin):
        make.path("fresh", owner=owner, published=False)
        for person, there in ((owner, True), (admin, True), (make.person(), False)):
            assert ("/paths/fresh/" in text(sign_in(person), "/paths/?q=fresh")) is there

    def test_filters_sorting_and_csv(self, make, sign_in, admin, path):
        client = sign_in(admin)
        assert "Team start" in text(client, "/paths/?audience=new_team")
        assert "Team start" not in text(client, "/paths/?audience=mentor")
        assert "No path matches" in text(client, "/paths/?q=zebra")
        services.archive_path(slug=path.slug, actor=admin)
        assert "Team start" not in text(client, "/paths/")
        assert "Team start" in text(client, "/paths/?archived=yes")
        rows = b"".join(client.get("/paths/?format=csv&archived=yes&sort=-steps").streaming_content).decode("utf-8-sig")
        assert rows.splitlines() == [
            "slug,title,audience,level,summary,newest,step_count,minutes",
            "team-start,Team start,new_team,0,From nothing to a first model.,1,4,65",
        ]

    def test_whoever_is_not_signed_in(self, client):
        assert client.get("/paths/").status_code == 302


class TestPath:
    def test_its_steps(self, make, sign_in, path):
        page = text(sign_in(make.person()), BASE)
        for words in (
            "Something is there", "Cairn asks a mentor about baselines", "After “Read”.", "After “Run” and “Ask”.",
            "1 question, 80 % must be right, 3 tries a day. Passing it finishes also “Read”.", "within 3 working days",
            "20 min", "<p>Read <em>this</em>.</p>",
        ):  # fmt: skip
            assert words in page, words
        assert "Begin the next edition" not in page
        # What a quiz asks is not told before.
        assert "Which one is right?" not in page

    def test_the_owner_goes_on_writing(self, sign_in, owner, path):
        assert "Begin the next edition" in text(sign_in(owner), BASE)
        services.draft_edition(slug=path.slug, actor=owner)
        assert "Go on with the draft" in text(sign_in(owner), BASE)

    def test_a_guide_that_the_reader_may_not_know_of(self, make, sign_in, owner):
        closed = make.project("secret", visibility="members", owner=owner)
        guide = make.document("hush", title="Hush now", about=closed, owner=owner)
        make.path("closed-guide", steps=[{"kind": "read", "document": guide}])
        assert "Hush now" in text(sign_in(owner), "/paths/closed-guide/")
        page = text(sign_in(make.person()), "/paths/closed-guide/")
        assert "Its guide is open to others only" in page
        assert "ush now" not in page
        assert "/guides/hush" not in page

    def test_a_check_that_is_gone(self, make, sign_in, path, monkeypatch):
        monkeypatch.delitem(checks._checks, "look-here")
        assert "No part of Cairn knows the check look-here" in text(sign_in(make.person()), BASE)

    def test_for_whom_a_step_is(self, make, sign_in):
        step = {"roles": ["mentor", "unit_lead"], "experience": ["new"], "is_optional": True, "scope": "team"}
        make.path("narrow", steps=[{"key": "a", **step}])
        page = text(sign_in(make.person()), "/paths/narrow/")
        assert "Only for somebody who is mentor or unit lead and who says “New to it”." in page
        assert "once for the team" in page
        assert "1, 1 optional" in page

    def test_nothing_is_published_yet(self, admin, make, sign_in):
        services.create_path(actor=admin, title="Fresh")
        assert "Nothing is published yet" in text(sign_in(admin), "/paths/fresh/")
        assert sign_in(make.person()).get("/paths/fresh/").status_code == 404

    def test_one_that_is_put_away_says_so(self, make, sign_in, owner, path):
        services.archive_path(slug=path.slug, actor=owner)
        page = text(sign_in(make.person()), BASE)
        assert "put away" in page
        assert "/onboarding/enrol/" not in page

    def test_of_the_work_on_a_draft_readers_learn_nothing(self, make, sign_in, owner, path, draft):
        services.add_step(slug=path.slug, actor=owner, key="secret", title="Secret plan")
        assert "Secret plan" in text(sign_in(owner), BASE)
        assert "Secret plan" not in text(sign_in(make.person()), BASE)


class TestEditions:
    @pytest.fixture
    def two(self, owner, path, draft):
        by = {"slug": path.slug, "actor": owner}
        services.edit_step(**by, key="read", title="Read all of it", minutes=30)
        services.remove_step(**by, key="run")
        services.add_step(**by, key="costs", title="Know <costs>")
        services.edit_step(**by, key="quiz", questions=[{"text": "New?", "options": ["a", "b"], "right": [1]}])
        services.move_step(**by, key="costs", to=2)
        services.publish_edition(**by, note="Clearer")

    def test_each_has_its_page(self, make, sign_in, two):
        client = sign_in(make.person())
        assert "not the newest one" in text(client, f"{BASE}editions/1/")
        newest = text(client, BASE)
        assert "Read all of it" in newest
        assert "Clearer" in newest
        assert client.get(f"{BASE}editions/3/").status_code == 404

    def test_drafts_are_for_those_who_write_them(self, make, sign_in, owner, draft):
        assert "This is a draft" in text(sign_in(owner), f"{BASE}editions/2/")
        stranger = sign_in(make.person())
        assert stranger.get(f"{BASE}editions/2/").status_code == 404
        assert stranger.get(f"{BASE}changes/?before=1&after=2").status_code == 404

    def test_what_changed_word_by_word(self, make, sign_in, owner, two):
        page = text(sign_in(make.person()), f"{BASE}changes/?before=1&after=2")
        assert "Read<ins> all of it</ins>" in page
        assert "<del>20</del><ins>30</ins>" in page
        # Its new name changes nothing of the step that needs it.
        assert "Ask</strong>" not in page
        assert "<del>Run</del>" in page
        assert "<ins>Know &lt;costs&gt;</ins>" in page
        assert "New?" not in page
        # Who writes it sees what is asked, too.
        assert "<dt>Questions</dt>" not in page
        assert "<dt>Questions</dt>" in text(sign_in(owner), f"{BASE}changes/?before=1&after=2")

    def test_the_other_way_round_and_without_numbers(self, make, sign_in, two):
        client = sign_in(make.person())
        assert "<ins>Run</ins>" in text(client, f"{BASE}changes/?before=2&after=1")
        assert "edition 1 to 2" in text(client, f"{BASE}changes/")

    def test_nothing_changed(self, make, sign_in, path):
        assert "Nothing changed" in text(sign_in(make.person()), f"{BASE}changes/")

    @pytest.mark.parametrize("query", ["before=9&after=1", "before=x", "after=99999999999", "before=٣"])
    def test_odd_numbers(self, make, sign_in, path, query):
        assert sign_in(make.person()).get(f"{BASE}changes/?{query}").status_code == 404


def test_few_queries(make, sign_in, owner, path, draft, django_assert_max_num_queries):
    for n in range(8):
        guide = make.document(f"guide-{n}")
        services.add_step(slug=path.slug, actor=owner, key=f"s{n}", title="More", kind="read", document=guide)
    client = sign_in(owner)
    pages = ("", "editions/2/", "changes/", "draft/", "draft/publish/", "draft/preview/", "draft/add/?kind=read")
    for page in (*pages, "draft/steps/s3/", "draft/steps/read/remove/", "edit/"):
        with django_assert_max_num_queries(14):
            assert client.get(BASE + page).status_code == 200
