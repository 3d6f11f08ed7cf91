"""The texts: read once from a folder (and the company's own folder over it), rendered in a sandbox.

<language>/<template>.md    front matter (subject), then Markdown
<language>/<template>.<segment>.md    the same for one kind of customer: it goes first for him
<language>/labels.toml      the words of tables and panels in that language
_<partial>.md               included by templates; a language's own goes first
layout.html.j2 layout.css   the frame of an e-mail;  note.html.j2  of a note in the host's journal
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import TracebackType

import jinja2
import jinja2.meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from connector.errors import TemplateError
from connector.escape import finalize, one_line
from connector.message.frontmatter import Source, split
from connector.message.values import Forms
from connector.model import Segment

_SUFFIXES = (".md", ".toml", ".j2", ".css")
_FAILURES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class _Environment(ImmutableSandboxedEnvironment):
    def join_path(self, template: str, parent: str) -> str:
        """An ``include`` names a file beside the one it stands in."""
        return str(PurePosixPath(parent).parent / template)


@dataclass(frozen=True)
class Templates:
    """All texts of a company, in memory. ``sources`` maps a path such as ``fr/reminder_1.md`` to its text."""

    sources: Mapping[str, Source]

    @classmethod
    def load(cls, folder: Path, *, override: Path | None = None) -> Templates:
        """Read every text under ``folder``, then those of ``override``, which replace or add to them.

        Raises TemplateError when a folder is missing or a file is not UTF-8.
        """
        sources: dict[str, Source] = {}
        for root in (folder, override) if override else (folder,):
            sources.update(_read(root))
        return cls(sources)

    def texts(self) -> frozenset[tuple[str, str]]:
        """The (language, template) pairs that exist. The variant of a text is not a text of its own."""
        return frozenset((language, stem) for language, stem in self._stems if "." not in stem)

    def variants(self, language: str, template: str) -> tuple[str, ...]:
        """The names behind the point of a text's variants, sorted: segments, if they are spelt right."""
        stems = (stem.partition(".") for own, stem in self._stems if own == language)
        return tuple(sorted(variant for name, point, variant in stems if name == template and point))

    def variant(self, language: str, template: str, segment: Segment) -> str:
        """The name of the text for a kind of customer: ``formal_notice.public``, else ``formal_notice``."""
        own = segment.value in self.variants(language, template)
        return f"{template}.{segment.value}" if own else template

    def has_part(self, language: str, part: str) -> bool:
        """True when a text of that language can include that part."""
        return f"{language}/{part}" in self.sources or part in self.sources

    def place(self, language: str, name: str) -> str:
        """The file of a text or part, for an error that names it."""
        return self._source(f"{language}/{name}.md").file

    @cached_property
    def _stems(self) -> tuple[tuple[str, str], ...]:
        """(language, file name without its ending) of each text and variant."""
        paths = (PurePosixPath(name) for name in self.sources)
        return tuple(
            (path.parent.name, path.stem)
            for path in paths
            if len(path.parts) == 2 and path.suffix == ".md" and not path.name.startswith("_")
        )

    def languages(self, template: str) -> frozenset[str]:
        """The languages in which ``template`` exists."""
        return frozenset(language for language, name in self.texts() if name == template)

    def labels(self, language: str) -> Mapping[str, Forms]:
        """The words of tables and panels. Raises TemplateError when the language has none."""
        source = self._source(f"{language}/labels.toml")
        try:
            return tomllib.loads(source.text)
        except tomllib.TOMLDecodeError as error:
            raise TemplateError(source.file, None, str(error)) from error

    def subject(self, language: str, template: str, context: Mapping[str, object]) -> str:
        """Render the subject: one line, as it is, for a header."""
        text = self._render(self._subjects, f"{language}/{template}.md", context)
        return one_line(text)

    def markdown(self, language: str, template: str, context: Mapping[str, object]) -> str:
        """Render the body: Markdown in which every value is escaped."""
        return self._render(self._bodies, f"{language}/{template}.md", context)

    def part(self, language: str, part: str, context: Mapping[str, object]) -> str:
        """Render a part by itself, as Markdown."""
        return self._render(self._bodies, f"{language}/{part}", context)

    def frame(self, name: str, context: Mapping[str, object]) -> str:
        """Render ``layout.html.j2`` or ``note.html.j2``: HTML in which every value is escaped."""
        return self._render(self._frames, name, context)

    def css(self) -> str:
        return self._source("layout.css").text

    def variables(self, language: str, template: str) -> Iterator[tuple[str, int, str]]:
        """Yield (file, line, name) of each variable that a text asks for, in every branch of it."""
        for environment in (self._bodies, self._subjects):
            name = f"{language}/{template}.md"
            text, file, _ = self._load(environment is self._subjects)(name)
            try:
                tree = environment.parse(text, name, file)
            except jinja2.TemplateSyntaxError as error:
                raise TemplateError(file, error.lineno, error.message or "syntax error") from error
            unknown = jinja2.meta.find_undeclared_variables(tree)
            for node in tree.find_all(jinja2.nodes.Name):
                if node.name in unknown:
                    yield file, node.lineno, node.name

    # how it is done ------------------------------------------------------------------------------------

    @cached_property
    def _bodies(self) -> _Environment:
        return self._environment(self._load(subject=False), autoescape=True, finalize=finalize)

    @cached_property
    def _subjects(self) -> _Environment:
        return self._environment(
            self._load(subject=True), autoescape=False, finalize=lambda value: one_line(str(value))
        )

    @cached_property
    def _frames(self) -> _Environment:
        return self._environment(self._load_frame, autoescape=True, finalize=None)

    def _environment(
        self,
        load: Callable[[str], tuple[str, str, None]],
        *,
        autoescape: bool,
        finalize: Callable[[object], object] | None,
    ) -> _Environment:
        return _Environment(
            loader=jinja2.FunctionLoader(load),
            undefined=jinja2.StrictUndefined,
            autoescape=autoescape,
            finalize=finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def _source(self, name: str) -> Source:
        source = self.sources.get(name)
        if source is None:
            raise TemplateError(name, None, "no such file among the templates")
        return source

    def _load(self, subject: bool) -> Callable[[str], tuple[str, str, None]]:
        def load(name: str) -> tuple[str, str, None]:
            path = PurePosixPath(name)
            if path.name.startswith("_"):  # a partial: the language's own, else the one for all
                source = self.sources.get(name) or self._source(path.name)
                return source.text, source.file, None
            source = self._source(name)
            head, body = split(source)
            return head if subject else body, source.file, None

        return load

    def _load_frame(self, name: str) -> tuple[str, str, None]:
        source = self._source(name)
        return source.text, source.file, None

    def _render(self, environment: _Environment, name: str, context: Mapping[str, object]) -> str:
        try:
            return environment.get_template(name).render(context)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(error.filename or name, error.lineno, error.message or "") from error
        except (jinja2.TemplateError, *_FAILURES) as error:
            file, line = self._place(error.__traceback__)
            raise TemplateError(file or name, line, str(error) or type(error).__name__) from error

    def _place(self, trace: TracebackType | None) -> tuple[str | None, int | None]:
        """Find the innermost line of a template in a traceback."""
        files = {source.file for source in self.sources.values()}
        place: tuple[str | None, int | None] = (None, None)
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in files:
                place = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        return place


def _read(root: Path) -> Iterator[tuple[str, Source]]:
    if not root.is_dir():
        raise TemplateError(str(root), None, "no such folder of templates")
    for path in sorted(root.rglob("*")):
        if path.suffix in _SUFFIXES and path.is_file():
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise TemplateError(str(path), None, "save this file as UTF-8") from error
            yield path.relative_to(root).as_posix(), Source(str(path), text)
