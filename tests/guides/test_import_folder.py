from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from coe.core.models import Event, StoredFile
from coe.guides.models import Attachment, Document, Revision

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def owner(make):
    return make.person("docs@example.com")


@pytest.fixture
def write(tmp_path):
    """`write("a/b.md", text)`: a file of the folder."""
    root = tmp_path / "handbook"
    root.mkdir()

    def written(path: str, content: str | bytes) -> Path:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    return written


@pytest.fixture
def bring_in(tmp_path, owner):
    """Runs the command on the folder; what it says."""

    def brought(*words: str) -> str:
        out = io.StringIO()
        call_command("import_guides", str(tmp_path / "handbook"), "--owner", owner.email, *words, stdout=out)
        return out.getvalue()

    return brought


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Document, Revision, Event, StoredFile, Attachment))


def of(path: str) -> Document:
    return Document.objects.select_related("published", "latest").get(origin_path=path)


def test_two_hundred_files_twice(write, bring_in):
    for number in range(220):
        following = f"../part-{(number + 1) % 11}/page-{(number + 1) % 220}.md#more"
        write(
            f"part-{number % 11}/page-{number}.md", f"# Page {number}\n\nGo [on]({following}).\n\n## More\n\nWords.\n"
        )
    write("broken.md", b"\xff\xfe not text")
    said = bring_in()
    assert "handbook: 220 new, 0 changed, 0 unchanged, 1 not taken" in said
    assert "not taken: broken.md: is not UTF-8 text" in said
    assert 'href="/guides/page-4/#h-more"' in of("part-3/page-3.md").published.html
    before, stamps = rows(), list(Document.objects.order_by("pk").values())
    assert "0 new, 0 changed, 220 unchanged, 1 not taken" in bring_in()
    assert rows() == before
    assert list(Document.objects.order_by("pk").values()) == stamps


def test_the_second_time_nothing_is_written(write, bring_in, django_assert_num_queries):
    write("a.md", "# A\n\n![i](i.png)")
    write("i.png", PNG)
    bring_in()
    with connection.execute_wrapper(_only_reads):
        bring_in()


def _only_reads(execute, sql, params, many, context):
    assert sql.lstrip().split()[0] in ("SELECT", "SAVEPOINT", "RELEASE"), sql
    return execute(sql, params, many, context)


def test_a_document_is_published_says_where_it_lives_and_is_edited_there(write, bring_in, owner, sign_in):
    write(
        "a b.md",
        "---\nsummary: In short.\ntags: [Churn, how]\nverify_every_days: 30\n---\n# The title\n\nText *here*.\n",
    )
    bring_in("--url-base", "https://docs.example/tree/main/", "--audience", "business", "--kind", "playbook")
    made = of("a b.md")
    assert (made.title, made.slug, made.kind, made.audience) == ("The title", "the-title", "playbook", "business")
    assert (made.owner, made.tags, made.verify_every_days) == (owner, ["churn", "how"], 30)
    assert made.published == made.latest
    assert made.published.html == "<p>Text <em>here</em>.</p>"
    assert (made.published.summary, made.published.author) == ("In short.", owner)
    assert made.origin_url == "https://docs.example/tree/main/a%20b.md"
    assert sign_in(owner).get(made.get_absolute_url()).status_code == 200
    assert [event.verb for event in Event.objects.filter(subject_id=made.pk, verb__startswith="document.")] == [
        "document.imported"
    ]


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        ("a.md", "---\ntitle: From front\n---\n# Heading\n", "From front"),
        ("a.md", "Words.\n\n## A *heading*\n", "A heading"),
        ("some_long-name.md", "Words.", "Some long name"),
        ("team/README.md", "Words.", "Team"),
        ("index.md", "Words.", "Handbook"),
        ("a.md", "+++\ntitle = 'Toml'\ndate = 2024-01-01\nweight = 3\n+++\nWords.", "Toml"),
        ("a.mdx", "import X from './x'\n\n# Mdx\n\n<X/>\n", "Mdx"),
        ("a.md", "---\n\nnot front matter\n", "A"),
        ("a.md", "---\ntitle: 2024-13-45\nodd: {deep: [1, 2]}\ndate: 2024-99-99\n---\nWords", "2024-13-45"),
        ("a.md", "---\ntitle: [a, b]\n---\nWords", "A"),
        ("a.md", "\ufeff---\r\ntitle: Windows\r\n---\r\nWords", "Windows"),
        ("a.md", "# " + "x" * 300, "x" * 159 + "…"),
    ],
)
def test_titles(write, bring_in, path, text, title):
    write(path, text)
    bring_in()
    assert of(path).title == title
    assert "import X" not in of(path).published.text


def test_links_and_files(write, bring_in):
    write(
        "README.md",
        "# Start\n\n[team](team/) [page](team/page) [abs](/team/page.md) ![pic](img/a%20b.png) [code](x.py)",
    )
    write("team/index.md", "# Team\n\n[up](../) [out](../../LICENSE) ![v](v.svg) ![two](../other/pic.png)")
    write(
        "team/page.md", "# Page\n\n```\n[a](index.md)\n```\n\n![one](pic.png) ![two](../other/pic.png) [gone](gone.md)"
    )
    write("img/a b.png", PNG)
    write("team/pic.png", PNG)
    write("other/pic.png", PNG)
    write("team/v.svg", "<svg onload='alert(1)'/>")
    write("x.py", "print(1)")
    said = bring_in("--url-base", "https://docs.example/main")
    home, team, page = (of(path).published.html for path in ("README.md", "team/index.md", "team/page.md"))
    assert 'href="/guides/team/"' in home
    assert home.count('href="/guides/page/"') == 2
    assert 'src="/guides/start/files/a%20b.png"' in home
    assert 'href="https://docs.example/main/x.py"' in home
    assert "README.md: x.py is left out. A file must be" in said
    assert 'href="/guides/start/"' in team
    assert 'href="https://docs.example/LICENSE"' in team
    assert "<img" not in team.replace('<img alt="two" src="/guides/team/files/pic.png">', "")
    assert "team/index.md: team/v.svg is left out." in said
    assert "<code>[a](index.md)</code>" in page
    assert 'src="/guides/page/files/pic.png"' in page
    assert 'src="/guides/page/files/other-pic.png"' in page
    assert 'href="https://docs.example/main/team/gone.md"' in page
    assert StoredFile.objects.count() == 1


def test_without_an_address_what_leads_nowhere_stays_as_words(write, bring_in):
    write("a.md", "# A\n\nSee [b](b.md) and [out](../../etc/passwd) and [top](/admin/).")
    said = bring_in("-v", "2")
    assert of("a.md").published.html == "<p>See b and out and top.</p>"
    assert "a.md: ../../etc/passwd leads nowhere" in said


def test_what_changed_is_one_revision_and_no_longer_verified(write, bring_in, owner, make):
    write("a.md", "# A\n\nOne.")
    write("b.md", "# B\n\nStays.")
    bring_in()
    made = of("a.md")
    Document.objects.update(verified_at=made.created_at, verified_by=owner)
    write("a.md", "# A\n\nTwo.")
    assert "0 new, 1 changed, 1 unchanged" in bring_in()
    made.refresh_from_db()
    assert [one.text for one in made.revisions.order_by("number")] == ["One.", "Two."]
    assert made.published == made.latest
    assert made.verified_at is None
    assert of("b.md").verified_at is not None


def test_settings_alone_make_no_revision_and_what_is_not_said_stays(write, bring_in, make):
    write("a.md", "# A\n\nOne.")
    bring_in()
    Document.objects.update(audience="executives")
    unit = make.unit("retail")
    write("a.md", "---\nunit: retail\nkind: lesson\noutcome: failure\n---\n# A\n\nOne.")
    assert "1 changed" in bring_in()
    made = of("a.md")
    assert (made.unit, made.kind, made.outcome, made.audience) == (unit, "lesson", "failure", "executives")
    assert made.revisions.count() == 1
    write("a.md", "---\nkind: how-to\n---\n# A\n\nOne.")
    bring_in()
    assert (of("a.md").kind, of("a.md").outcome) == ("how_to", "")


def test_a_link_follows_the_document_that_came_later(write, bring_in):
    write("a.md", "# A\n\n[b](b.md)")
    bring_in()
    assert of("a.md").published.html == "<p>b</p>"
    write("b.md", "# B")
    assert "1 new, 1 changed" in bring_in()
    assert 'href="/guides/b/"' in of("a.md").published.html


def test_a_picture_that_changed_is_shown_and_one_that_is_gone_is_not(write, bring_in):
    write("a.md", "# A\n\n![i](i.png)")
    write("i.png", PNG)
    bring_in()
    other = PNG[:-20] + b"\x00\x00\x00\x01" + PNG[-16:]
    place = write("i.png", other)
    assert "1 changed" in bring_in()
    assert bytes(of("a.md").attachments.get().file.content) == other
    assert of("a.md").revisions.count() == 1
    place.unlink()
    bring_in()
    assert not of("a.md").attachments.exists()
    assert of("a.md").published.html == "<p>i</p>"


def test_what_is_gone_is_said_taken_out_of_use_when_asked_and_comes_back(write, bring_in):
    place = write("a.md", "# A")
    write("b.md", "# B\n\n[a](a.md)")
    bring_in()
    place.unlink()
    assert "a.md is gone; --prune" in bring_in()
    assert of("a.md").archived_at is None
    assert "1 taken out of use" in bring_in("--prune", "--dry-run")
    assert of("a.md").archived_at is None
    assert "1 taken out of use" in bring_in("--prune")
    assert of("a.md").archived_at is not None
    assert "out of use" not in bring_in("--prune")
    write("a.md", "# A")
    assert "2 changed" in bring_in()
    assert of("a.md").archived_at is None
    assert of("a.md").revisions.count() == 1


def test_a_file_that_moved_is_a_new_one(write, bring_in):
    place = write("a.md", "# A")
    bring_in()
    place.unlink()
    write("new/a.md", "# A")
    assert "1 new, 0 changed, 0 unchanged, 1 taken out of use" in bring_in("--prune")
    assert of("new/a.md").slug == "handbook-new-a"


def test_a_dry_run_writes_nothing_and_says_the_same(write, bring_in):
    write("a.md", "# A\n\n![i](i.png)")
    write("i.png", PNG)
    before = rows()
    assert "1 new, 0 changed, 0 unchanged (nothing was written)" in bring_in("--dry-run")
    assert rows() == before


BAD = {
    "yaml.md": ("---\na: [\n---\n", "front matter that is not YAML, line 3"),
    "bomb.md": ("---\na: &a [x, x]\nb: [*a, *a]\n---\n", "front matter that is not YAML"),
    "deep.md": ("---\na: " + "[" * 9000 + "\n---\n", "front matter that is not YAML"),
    "toml.md": ("+++\n=\n+++\n", "front matter that is not TOML"),
    "list.md": ("---\n- a\n---\n", "has no names in it"),
    "latin.md": (b"caf\xe9", "is not UTF-8 text"),
    "large.md": ("a " * 35_000, "may have at most 64 kB"),
    "huge.md": ("a" * 200_000, "has more than 100 kB"),
    "slow.md": ("[" * 20_000, "takes too long"),
    "nul.md": ("a\0b", "cannot be stored"),
    "who.md": ("---\nowner: nobody@example.com\n---\n", "owner: there is nobody here with the address nobody@"),
    "kind.md": ("---\nkind: poem\n---\n", "kind: must be one of how_to, playbook, lesson, glossary, not poem"),
    "guide.md": ("---\nkind: model_guide\n---\n", "kind: must be one of"),
    "lesson.md": ("---\nkind: lesson\n---\n", "outcome: must say how it went"),
    "days.md": ("---\nverify_every_days: ٣\n---\n", "must be a number of days"),
    "unit.md": ("---\nunit: none\n---\n", "unit: there is no unit none"),
    "project.md": ("---\nproject: none\n---\n", "project: there is none: none"),
    "tags.md": ("---\ntags: [" + ", ".join(map(str, range(40))) + "]\n---\n", "tags: may be at most"),
}


def test_no_bad_file_stops_the_rest(write, bring_in, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret of another folder")
    for path, (content, _) in BAD.items():
        write(path, content)
    root = write("zzz.md", "# Last\n\n[s](linked.txt) [f](/pipe.txt)").parent
    (root / "leak.md").symlink_to(secret)
    (root / "linked.txt").symlink_to(secret)
    (root / "loop.md").symlink_to(root / "loop.md")
    (root / "around").symlink_to(root)
    (root / "folder.md").mkdir()
    os.mkfifo(root / "pipe.md")
    os.mkfifo(root / "pipe.txt")
    write("folder.md/inner.md", "# Inner")
    write("draft.md", "---\ndraft: true\n---\n# Not yet")
    (root / "nowhere.md").symlink_to(root / "not-there")
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.md")).write_text("# Name")
    said = bring_in()
    for path, (_, reason) in BAD.items():
        assert any(line.startswith(f"not taken: {path}: ") and reason in line for line in said.splitlines()), path
    assert "not taken: leak.md: is a link that leads out of the folder" in said
    assert "not taken: loop.md: cannot be read" in said
    assert "not taken: pipe.md: is not a file" in said
    assert "around: is a link to a folder, which is not followed" in said
    assert "not taken: \ufffd.md: has a name with characters that cannot be shown" in said
    assert "2 new, 0 changed, 0 unchanged" in said
    assert "1 drafts left out" in said
    assert of("zzz.md").published.html == "<p>s f</p>"
    assert not Revision.objects.filter(text__contains="Secret").exists()
    assert not StoredFile.objects.exists()


def test_a_document_whose_file_is_bad_today_stays_as_it_was(write, bring_in):
    write("a.md", "# A\n\nGood.")
    write("b.md", "# B\n\n[a](a.md)")
    bring_in()
    write("a.md", b"\xff")
    said = bring_in("--prune")
    assert "0 new, 0 changed, 1 unchanged, 1 not taken" in said
    assert of("a.md").archived_at is None
    assert of("a.md").published.text == "Good."


def test_names_that_collide_are_told_apart(write, bring_in, make):
    make.document("intro")
    for path in ("a/x.md", "b/x.md", "b/x.markdown", "B/x.md", "new.md"):
        write(path, f"# {'New' if path == 'new.md' else 'Intro'}\n")
    bring_in()
    slugs = list(Document.objects.exclude(origin="").order_by("slug").values_list("slug", flat=True))
    assert len(set(slugs)) == 5
    assert "intro" not in slugs
    assert "new" not in slugs


def test_what_it_is_about_is_named_in_front_matter(write, bring_in, make):
    project, model = make.project("churn"), make.model(make.source("main"), name="churn-xgb")
    make.model(make.source("other"), name="churn-xgb")
    write("p.md", "---\nproject: churn\n---\nWords")
    write("m.md", "---\nmodel: main/churn-xgb\n---\nWords")
    write("many.md", "---\nmodel: churn-xgb\n---\nWords")
    assert "not taken: many.md: model: more than one has that name: churn-xgb" in bring_in()
    assert (of("p.md").subject_id, of("m.md").subject_id) == (project.pk, model.pk)


def test_one_of_our_own_is_never_written_over(write, bring_in, make):
    own = make.document("a", text="Ours.")
    write("a.md", "# A\n\nTheirs.")
    bring_in()
    own.refresh_from_db()
    assert own.origin == ""
    assert own.revisions.count() == 1
    assert of("a.md").slug == "handbook-a"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--owner", "nobody@example.com"], "owner: there is nobody here"),
        (["--unit", "none"], "unit: there is no unit none"),
        (["--url-base", "javascript:alert(1)"], "url-base: must be an address"),
        (["--origin", "x" * 81], "origin: must be a name"),
    ],
)
def test_bad_words_end_with_2(write, bring_in, words, reason):
    write("a.md", "# A")
    with pytest.raises(CommandError, match=reason) as refused:
        bring_in(*words)
    assert refused.value.returncode == 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["not-there", "file.md", "empty"])
def test_no_folder_or_nothing_in_it_ends_with_2(tmp_path, path):
    (tmp_path / "file.md").write_text("# A")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError) as refused:
        call_command("import_guides", str(tmp_path / path), "--prune")
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_without_an_owner_every_file_fails_and_that_ends_with_1(write, tmp_path):
    write("a.md", "# A")
    out = io.StringIO()
    with pytest.raises(CommandError, match="No file could be taken") as refused:
        call_command("import_guides", str(tmp_path / "handbook"), stdout=out)
    assert refused.value.returncode == 1
    assert "must be given with --owner" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_do_no_harm(write, bring_in):
    write("a.md", "# A")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(4310226)")
            held.set()
            done.wait(30)
            cursor.execute("SELECT pg_advisory_unlock(4310226)")
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(30)
        with pytest.raises(CommandError, match="Another import is under way") as refused:
            bring_in()
        assert refused.value.returncode == 1
        assert not Document.objects.exists()
    finally:
        done.set()
        other.join()
    assert "1 new" in bring_in()
    assert "1 unchanged" in bring_in()
