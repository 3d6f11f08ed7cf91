"""Reading configuration files: what is accepted, and what is said about the rest."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from pydantic import ValidationError

from connector.config import Configuration, OtherHostSettings, Secret, load, load_sound, plugins, secrets_of
from connector.errors import ConfigError, Problem

HEAD = """\
id = "exemple"
name = "Exemple SARL"
language = "fr"
country = "FR"
time_zone = "Europe/Paris"
"""
HOST = """
[host]
type = "odoo"
url = "https://exemple.odoo.com"
database = "exemple"
login = "relance@example.com"
key = { env = "ODOO_KEY" }
"""
SENDER = """
[sender]
name = "Exemple SARL"
email = "compta@example.com"
"""
SCENARIO = """
[[scenario]]
name = "standard"
[[scenario.step]]
name = "reminder_1"
day = 7
"""
COMPANY = HEAD + HOST + SENDER + SCENARIO
SEVERAL = (
    'language = "fr"\ncountry = "FR"\ntime_zone = "Europe/Paris"\n'
    + HOST
    + SENDER
    + SCENARIO
    + '[[company]]\nid = "nord"\nname = "Nord"\n[[company]]\nid = "sud"\nname = "Sud"\n'
)

Read = Callable[[str], Configuration]
Refuse = Callable[[str], dict[str, Problem]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def do(text: str) -> Configuration:
        file = tmp_path / "relance.toml"
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return load(file)

    return do


@pytest.fixture
def refuse(read: Read) -> Refuse:
    """Return the problems of a text by their path."""

    def do(text: str) -> dict[str, Problem]:
        with pytest.raises(ConfigError) as caught:
            read(text)
        return {problem.path: problem for problem in caught.value.problems}

    return do


def test_a_small_company_loads_with_the_defaults_and_without_warnings(read: Read, tmp_path: Path) -> None:
    configuration = read(COMPANY)
    [company] = configuration.companies
    assert (company.id, company.fallback_language, company.email.via) == ("exemple", "en", "folder")
    assert company.source == tmp_path / "relance.toml"
    assert configuration.warnings == ()


def test_relative_paths_lie_beside_the_file_whatever_the_working_folder(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    configuration = read(COMPANY + '[templates]\nfolder = "texts"\n')
    [company] = configuration.companies
    assert company.email.folder == tmp_path / "mails"
    assert company.templates.folder == tmp_path / "texts"
    assert configuration.store.url == f"sqlite:///{tmp_path / 'relance.sqlite'}"


def test_every_problem_is_told_at_once_with_its_line(refuse: Refuse) -> None:
    problems = refuse(
        COMPANY.replace('"fr"', '"fr_FR"')
        .replace("datab", "dateb")
        .replace("day = 7", 'day = 7\nchannel = "emial"')
    )
    assert {path: problem.line for path, problem in problems.items()} == {
        "language": 3,
        "host.datebase": 10,
        "scenario[0].step[0].channel": 23,
    }


def test_a_misspelt_option_is_one_problem_with_the_right_spelling(refuse: Refuse) -> None:
    problems = refuse(COMPANY.replace("database", "datbase"))
    assert list(problems) == ["host.datbase"]
    assert "did you mean database?" in problems["host.datbase"].remedy


def test_an_option_in_the_wrong_table_is_shown_its_place(refuse: Refuse) -> None:
    problems = refuse(COMPANY + '[rules]\nspacing = "5 days"\ncountry = "FR"\n')
    assert "[[scenario]]" in problems["rules.spacing"].remedy
    assert "top of the file" in problems["rules.country"].remedy


def test_a_missing_option_says_what_to_write(refuse: Refuse) -> None:
    problems = refuse(COMPANY.replace('name = "Exemple SARL"\nlanguage', "language"))
    assert problems["name"].remedy == 'add name = "Exemple SARL"'


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("[[scenario]]", '[email]\nvia = "stmp"\n[[scenario]]', "email.via", 'did you mean "smtp"'),
        ("[[scenario]]", '[email]\nvia = "smtp"\n[[scenario]]', "email.smtp", "[email.smtp]"),
        ('type = "odoo"', 'type = "oddo"', "host", 'did you mean "odoo"'),
        ('type = "odoo"\n', "", "host", "type"),
        ("day = 7", 'day = "7"', "scenario[0].step[0].day", "a whole number"),
        ("day = 7", "day = 7\napproval = 3", "scenario[0].step[0].approval", "at most 2"),
        ("day = 7", 'day = 7\ninclude = "all"', "scenario[0].step[0].include", '"same_step"'),
        ('"standard"', '"standard"\nstart = "last"', "scenario[0].start", '"by_age"'),
        ('"standard"', '"standard"\nminimum = 15.5', "scenario[0].minimum", 'write "15.50"'),
        ('"standard"', '"standard"\nminimum = "15,00 €"', "scenario[0].minimum", 'write "15.00"'),
        ("Europe/Paris", "Europe/Pariss", "time_zone", "Europe/Paris"),
        ('country = "FR"', 'country = "France"', "country", '"FR"'),
        ('language = "fr"', 'language = "FR"', "language", 'write "fr"'),
        ("compta@example.com", "compta", "sender.email", "compta@example.com"),
        ("compta@example.com", "a@example.com\\r\\nBcc: b@example.com", "sender.email", "e-mail address"),
        ("odoo.com", "odoo.com/web", "host.url", "write https://exemple.odoo.com"),
        ('"exemple"', '"Exemple 1"', "id", '"exemple_1"'),
        ('name = "reminder_1"', 'name = "thank_you"', "scenario[0].step[0].name", "another name"),
        ('name = "Exemple SARL"\nemail', 'name = "A\\nB"\nemail', "sender.name", "one line"),
    ],
)
def test_a_wrong_value_is_refused_at_its_path_with_a_remedy(
    refuse: Refuse, old: str, new: str, path: str, words: str
) -> None:
    assert old in COMPANY
    problems = refuse(COMPANY.replace(old, new, 1))
    assert list(problems) == [path]
    assert words in str(problems[path])


def test_a_prefix_that_a_proxy_sets_stays_in_the_address(read: Read) -> None:
    host = read(COMPANY.replace("odoo.com", "odoo.com/erp/")).companies[0].host
    assert host.model_dump()["url"] == "https://exemple.odoo.com/erp"


def test_a_wrong_iban_is_refused_since_money_would_go_elsewhere(read: Read, refuse: Refuse) -> None:
    right = COMPANY.replace("[sender]", '[sender]\niban = "FR14 2004 1010 0505 0001 3M02 606"')
    assert read(right).companies[0].sender.iban == "FR1420041010050500013M02606"
    assert list(refuse(right.replace("3M02 606", "3M02 607"))) == ["sender.iban"]


def test_steps_climb_in_days_and_have_names_of_their_own(refuse: Refuse) -> None:
    step = '[[scenario.step]]\nname = "reminder_1"\nday = 7\n'
    problems = refuse(COMPANY + step)
    assert list(problems) == ["scenario[0].step[1].name", "scenario[0].step[1].day"]


def test_contradictions_are_told_together_with_wrong_values(refuse: Refuse) -> None:
    scenario = SCENARIO.replace("day = 7", "day = false")
    assert list(refuse(COMPANY + scenario)) == ["scenario[1].name", "scenario[1].step[0].day"]


def test_a_scenario_without_steps_is_refused(refuse: Refuse) -> None:
    assert list(refuse(COMPANY + '[[scenario]]\nname = "empty"\nstep = []\n')) == ["scenario[1].step"]


def test_one_wrong_scenario_does_not_make_the_list_look_empty(refuse: Refuse) -> None:
    assert list(refuse(COMPANY.replace("day = 7", "day = 7.0"))) == ["scenario[0].step[0].day"]


def test_conditions_on_every_scenario_are_a_warning_only(read: Read) -> None:
    configuration = read(COMPANY.replace('"standard"', '"standard"\nwhen = { language = ["fr"] }'))
    [warning] = configuration.warnings
    assert (warning.path, "never reminded" in warning.message) == ("scenario", True)


def test_a_key_in_clear_over_http_is_a_warning_but_not_on_this_machine(read: Read) -> None:
    [warning] = read(COMPANY.replace("https:", "http:")).warnings
    assert warning.path == "host.url"
    assert read(COMPANY.replace("https://exemple.odoo.com", "http://127.0.0.1:8069")).warnings == ()


def test_the_address_of_the_example_is_a_warning_once_mail_leaves(read: Read) -> None:
    [warning] = read(COMPANY + '[email]\nvia = "host"\n').warnings
    assert warning.path == "sender.email"


# -- secrets ------------------------------------------------------------------------------------------


def test_a_literal_secret_is_refused_and_never_repeated(refuse: Refuse) -> None:
    problems = refuse(COMPANY.replace('{ env = "ODOO_KEY" }', '"hunter2-very-secret"'))
    assert '{ env = "NAME" }' in problems["host.key"].remedy
    assert "hunter2" not in "".join(map(str, problems.values()))


def test_no_error_of_a_file_with_secrets_everywhere_repeats_one(refuse: Refuse) -> None:
    text = COMPANY.replace('{ env = "ODOO_KEY" }', '{ env = "hunter2 !" }')
    text = (
        text.replace("https://", "https://admin:hunter2@") + '[store]\nurl = "postgresql://a:hunter2@b/c"\n'
    )
    text += '[email]\nvia = "smtp"\n[email.smtp]\nhost = "x"\npassword = ["hunter2"]\npasswort = "hunter2"\n'
    problems = refuse(text)
    expected = {"host.key", "host.url", "store.url", "email.smtp.password", "email.smtp.passwort"}
    assert set(problems) == expected
    assert "hunter2" not in "".join(map(str, problems.values()))


def test_a_syntax_error_in_the_line_of_a_secret_does_not_show_the_line(refuse: Refuse) -> None:
    problems = refuse(COMPANY.replace('{ env = "ODOO_KEY" }', "hunter2"))
    assert "hunter2" not in str(problems)


def test_settings_and_their_repr_hold_no_place_of_a_secret(read: Read) -> None:
    assert "ODOO_KEY" not in repr(read(COMPANY))


def test_every_secret_of_a_company_can_be_listed(read: Read) -> None:
    smtp = '[email.smtp]\nhost = "smtp.example.com"\npassword = { env = "SMTP_PASSWORD" }\n'
    [company] = read(COMPANY + smtp).companies
    found = {".".join(map(str, path)): secret.label for path, secret in secrets_of(company)}
    assert found == {
        "host.key": "environment variable ODOO_KEY",
        "email.smtp.password": "environment variable SMTP_PASSWORD",
    }


def test_a_secret_that_every_user_can_read_is_a_warning(read: Read, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hunter2")
    (tmp_path / "key").chmod(0o644)
    [warning] = read(COMPANY.replace('env = "ODOO_KEY"', 'file = "key"')).warnings
    assert (warning.path, warning.remedy) == ("host.key", f"chmod 600 {tmp_path / 'key'}")


# -- files --------------------------------------------------------------------------------------------


def test_a_syntax_error_names_line_and_column(refuse: Refuse) -> None:
    problems = refuse(COMPANY.replace('country = "FR"', "country = FR"))
    assert problems["line 4, column 11"].line == 4


@pytest.mark.parametrize(
    "broken",
    ['a "x"', "a = 'x", "[a", "[[a]", "a = [1,", "a = {b=1", 'a = "\\q"', "a = 1 2", "é = 1", "[a]\n[a]"],
)
def test_syntax_errors_are_told_in_words_with_a_remedy(refuse: Refuse, broken: str) -> None:
    [problem] = refuse(broken).values()
    assert not problem.message.startswith("not TOML")
    assert problem.remedy


def test_a_file_that_is_not_utf8_says_in_which_line(tmp_path: Path) -> None:
    file = tmp_path / "relance.toml"
    file.write_bytes(b'id = "x"\nname = "Soci\xe9t\xe9"\n')
    with pytest.raises(ConfigError, match=r"relance\.toml:2: it is not UTF-8"):
        load(file)


def test_the_mark_that_windows_editors_put_first_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "relance.toml"
    file.write_bytes(b"\xef\xbb\xbf" + COMPANY.replace("\n", "\r\n").encode())
    assert load(file).companies[0].id == "exemple"


def test_a_missing_file_names_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "relance.toml").write_text(COMPANY)
    with pytest.raises(ConfigError, match=r"did you mean .*relance\.toml\?"):
        load(tmp_path / "relanse.toml")


def test_an_empty_folder_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no \*\.toml lies in this folder"):
        load(tmp_path)
    (tmp_path / "a.toml").write_text("# nothing\n")
    with pytest.raises(ConfigError, match="no company is described"):
        load(tmp_path)


def test_a_folder_gives_its_companies_in_the_order_of_the_file_names(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(COMPANY.replace('"exemple"', '"beta"', 1))
    (tmp_path / "a.toml").write_text(COMPANY.replace('"exemple"', '"zeta"', 1))
    (tmp_path / "0.toml").write_text('[log]\nformat = "json"\n')
    configuration = load(tmp_path)
    assert [company.id for company in configuration.companies] == ["zeta", "beta"]
    assert configuration.log.format == "json"


def test_an_id_belongs_to_one_company_across_files(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(COMPANY)
    with pytest.raises(ConfigError, match=r"b\.toml:1: id: .* of another company \(.*a\.toml: id\)"):
        load(tmp_path)


def test_two_files_that_name_different_stores_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[store]\nurl = "sqlite:///a.sqlite"\n')
    (tmp_path / "b.toml").write_text(COMPANY + '[store]\nurl = "sqlite:///b.sqlite"\n')
    with pytest.raises(ConfigError, match=r"b\.toml:.*: store: .*a\.toml gives \[store\] too"):
        load(tmp_path)


def test_a_store_in_memory_is_refused_since_it_forgets_what_was_sent(refuse: Refuse) -> None:
    assert list(refuse(COMPANY + '[store]\nurl = "sqlite://"\n')) == ["store.url"]
    assert list(refuse(COMPANY + '[store]\nurl = "sqlite:///:memory:"\n')) == ["store.url"]


# -- several companies in a file ----------------------------------------------------------------------


def test_tables_above_the_companies_are_their_defaults(read: Read) -> None:
    nord, sud = read(SEVERAL + 'host.database = "sud"\nhost.key = { file = "k" }\n').companies
    assert (nord.host.model_dump()["database"], nord.sender.email) == ("exemple", "compta@example.com")
    assert (sud.host.model_dump()["database"], sud.sender.email) == ("sud", "compta@example.com")
    assert isinstance(sud.host.model_dump()["url"], str)


def test_a_list_of_a_company_replaces_the_default_whole(read: Read) -> None:
    nord, sud = read(SEVERAL + SCENARIO.replace("scenario", "company.scenario").replace("_1", "_9")).companies
    assert [step.name for scenario in nord.scenario for step in scenario.step] == ["reminder_1"]
    assert [step.name for scenario in sud.scenario for step in scenario.step] == ["reminder_9"]


def test_a_mistake_in_the_defaults_is_told_once_at_its_place(refuse: Refuse) -> None:
    assert list(refuse(SEVERAL.replace("day = 7", "day = true"))) == ["scenario[0].step[0].day"]


def test_a_mistake_of_one_company_is_told_at_its_place(refuse: Refuse) -> None:
    problems = refuse(SEVERAL + 'sender.email = "compta"\n')
    assert {path: problem.line for path, problem in problems.items()} == {"company[1].sender.email": 27}


def test_what_all_companies_lack_is_told_for_each(refuse: Refuse) -> None:
    problems = refuse(SEVERAL.replace('country = "FR"\n', ""))
    assert list(problems) == ["company[0].country", "company[1].country"]


def test_an_id_among_the_defaults_is_refused(refuse: Refuse) -> None:
    assert "id" in refuse('id = "exemple"\n' + SEVERAL)


# -- one company of many ------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.toml").write_text(COMPANY.replace('"exemple"', '"sound"', 1))
    (tmp_path / "b.toml").write_text(COMPANY.replace('"exemple"', '"broken"', 1).replace("day = 7", ""))
    return tmp_path


def test_one_company_is_chosen_whatever_is_wrong_with_the_others(folder: Path) -> None:
    assert [company.id for company in load(folder, only="sound").companies] == ["sound"]
    with pytest.raises(ConfigError, match=r"step\[0\].day"):
        load(folder, only="broken")
    with pytest.raises(ConfigError, match='did you mean "sound"'):
        load(folder, only="sond")


def test_sound_companies_can_go_on_while_the_problems_of_others_are_told(folder: Path) -> None:
    configuration, problems = load_sound(folder)
    assert [company.id for company in configuration.companies] == ["sound"]
    assert [problem.path for problem in problems] == ["scenario[0].step[0].day"]


def test_nothing_goes_on_beside_a_file_that_could_name_the_store(folder: Path) -> None:
    (folder / "c.toml").write_text("[store\n")
    with pytest.raises(ConfigError) as caught:
        load_sound(folder)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"b.toml", "c.toml"}


# -- plug-ins -----------------------------------------------------------------------------------------


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = (
        EntryPoint("ledger9", "x:y", "relance.hosts"),
        EntryPoint("pigeon", "x:y", "relance.channels"),
    )
    monkeypatch.setattr(plugins, "entry_points", lambda group: EntryPoints(points).select(group=group))
    caches = (plugins.third_party_hosts, plugins.known_channels)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


@pytest.mark.usefixtures("_installed")
def test_a_host_and_a_channel_of_another_package_are_accepted(read: Read) -> None:
    host = '[host]\ntype = "ledger9"\ntenant = 7\ntoken = { env = "LEDGER_TOKEN" }\n'
    configuration = read(HEAD + host + SENDER + SCENARIO + 'channel = "pigeon"\n')
    [company] = configuration.companies
    assert isinstance(company.host, OtherHostSettings)
    extra = company.host.model_extra or {}
    assert (extra["tenant"], isinstance(extra["token"], Secret)) == (7, True)
    assert company.scenario[0].step[0].channel == "pigeon"


@pytest.mark.usefixtures("_installed")
def test_an_unknown_host_lists_those_of_other_packages(refuse: Refuse) -> None:
    assert '"ledger9", "odoo"' in refuse(COMPANY.replace('type = "odoo"', 'type = "sap"'))["host"].remedy


# -- what the program receives ------------------------------------------------------------------------


def test_scenarios_become_those_of_the_model(read: Read) -> None:
    text = COMPANY.replace('"standard"', '"standard"\nminimum = "15.00"\nspacing = "1 semaine"')
    [scenario] = read(text).companies[0].scenarios_model()
    assert (scenario.minimum, scenario.spacing) == (Decimal("15.00"), 7)
    assert [(step.name, step.day, step.channel, step.template) for step in scenario.steps] == [
        ("reminder_1", 7, "email", "reminder_1")
    ]
    assert scenario.when.is_empty


def test_the_version_of_a_scenario_follows_its_content_not_its_spelling(read: Read) -> None:
    def version(text: str) -> str:
        return read(text).companies[0].scenarios_model()[0].version

    first = COMPANY.replace('"standard"', '"standard"\nminimum = "15.00"')
    assert version(first) == version(first.replace("15.00", "15.0"))
    assert version(first) == version(first.replace("day = 7", 'day = 7\ntemplate = "reminder_1"'))
    assert version(first) != version(first.replace("day = 7", "day = 8"))
    assert version(first) != version(first.replace("15.00", "150"))


def test_settings_cannot_be_changed_afterwards(read: Read) -> None:
    with pytest.raises(ValidationError):
        read(COMPANY).companies[0].name = "Autre"  # type: ignore[misc]


def test_overrides_of_the_mapping_are_kept_as_written(read: Read) -> None:
    text = COMPANY.replace(
        "[sender]", '[host.mapping.customer]\nlanguage = { from = "x", as = "text" }\n[sender]'
    )
    host = read(text).companies[0].host
    assert host.mapping == {"customer": {"language": {"from": "x", "as": "text"}}}
