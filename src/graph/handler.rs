//! Handlers: the code of functions, read where a call of theirs is in question.

use rustc_hash::FxHashMap;

use crate::code::{Answer, CallPlace, Callee, CodeTree, HandlerCode, Language, Program, Reserve, Tie, Tied};
use crate::names::Name;
use crate::source::{FileId, Source, Span};
use crate::template::{Alt, Origin, OriginKind, Resource, TextPart};

use super::branch::Branch;
use super::draft::Draft;
use super::mention::Reference;
use super::{Plain, VertexId, VertexKind};

/// The code of the functions that were asked about.
pub(super) struct Handlers {
    code: HandlerCode,
    reserve: Reserve,
    /// Nothing for a function whose code is not at hand.
    known: FxHashMap<VertexId, Option<Handler>>,
    /// The files that evidence stands in.
    pub(super) sources: Vec<Source>,
}

/// The code of one function.
struct Handler {
    program: Program,
    place: CodePlace,
}

/// Where code lies.
enum CodePlace {
    /// In a folder, as reports show it; each of the program's files with its id, once evidence stands in it.
    Folder { shown: String, ids: Vec<Option<FileId>> },
    /// In the template.
    Inline(Origin),
}

/// What a function's code says of a call.
pub(super) enum Said {
    /// It waits.
    Waits { at: Origin, is_named: bool },
    /// It does not wait.
    Passes { at: Origin },
    /// It calls, and whether it waits is decided as it runs.
    Either,
    /// There is no such call.
    NoCall,
    /// The code does not tell, or is not at hand.
    Nothing,
}

/// Marks of a resource in inline code: what `Fn::Sub` puts there. They are letters to no language, and so to all.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

impl Handlers {
    pub(super) fn new(code: HandlerCode) -> Self {
        Self { code, reserve: Reserve::default(), known: FxHashMap::default(), sources: Vec::new() }
    }

    /// What the code of `from` says of calls to `to`. `is_only`: the template lets it call no other of its kind.
    pub(super) fn say(&mut self, draft: &Draft<'_>, from: VertexId, to: VertexId, is_only: bool) -> Said {
        let is_workflow = draft.vertex(to).kind == VertexKind::StateMachine;
        let callee = if is_workflow { Callee::StateMachine } else { Callee::Function };
        let Self { code, reserve, known, sources } = self;
        let handler = known.entry(from).or_insert_with(|| match code {
            HandlerCode::Read => handler_of(draft, from, reserve),
            HandlerCode::LeftAlone => None,
        });
        let Some(Handler { program, place }) = handler else { return Said::Nothing };
        let ties = Ties::of(draft, from, to);
        let answer = program.answer(callee, is_only, &|tie| ties.tied(draft, tie));
        let mut origin = |call: CallPlace| place.origin(draft, program, call, sources);
        match answer {
            Answer::Waits { place, is_named } => Said::Waits { at: origin(place), is_named },
            Answer::Passes { place } => Said::Passes { at: origin(place) },
            Answer::NoCall => Said::NoCall,
            Answer::Either => Said::Either,
            Answer::Open => Said::Nothing,
        }
    }
}

fn handler_of(draft: &Draft<'_>, function: VertexId, reserve: &mut Reserve) -> Option<Handler> {
    let resource = draft.resource(draft.vertex(function).id)?;
    let text = |property: &str| draft.known_text_at(Branch::properties(resource)?, &[property]);
    let has_layers = draft.presence(resource, &["Layers"]) != Plain::Bool(false);
    let runtime = text("Runtime")?;
    let follow = |path: &[&str]| {
        let val = draft.resolver.follow(resource.properties, path, resource.origin);
        val.only().cloned()
    };
    let folder = match follow(&["Code"])? {
        Alt::Scalar { text, .. } => draft.text(text).to_owned(),
        Alt::Map(_) => {
            if let Some(inline) =
                follow(&["Code", "ZipFile"]).filter(|alt| !matches!(alt, Alt::Absent { .. }))
            {
                return inline_handler(draft, resource, &inline, Language::of_runtime(runtime)?, has_layers);
            }
            draft.template().asset_path(resource, "Code")?
        }
        Alt::Absent { .. }
        | Alt::OneOf { .. }
        | Alt::List(_)
        | Alt::Resource { .. }
        | Alt::Text(_)
        | Alt::Unknown(_) => {
            return None;
        }
    };
    if folder.contains("://") {
        return None;
    }
    let file = resource.origin.file;
    let root = draft.template().folder_of(file).code(&folder)?;
    let languages = Language::of_runtime(runtime);
    let is_own = runtime.starts_with("provided");
    let languages: &[Language] = match &languages {
        Some(language) => std::slice::from_ref(language),
        None if is_own => &Language::OF_OWN_RUNTIMES,
        None => &[],
    };
    let handler = text("Handler").unwrap_or_default();
    let mut programs = languages.iter().filter_map(|language| {
        Program::read(CodeTree::new(root.clone(), reserve), *language, handler, has_layers)
    });
    let program = programs.next()?;
    let ids = vec![None; program.files.len()];
    let shown = draft.template().shown_beside(file, &folder);
    Some(Handler { program, place: CodePlace::Folder { shown, ids } })
}

fn inline_handler(
    draft: &Draft<'_>,
    resource: &Resource,
    code: &Alt,
    language: Language,
    has_layers: bool,
) -> Option<Handler> {
    let text = match code {
        Alt::Scalar { text, .. } => draft.text(*text).to_owned(),
        Alt::Text(parts) => parts.iter().map(|part| written(draft, part)).collect(),
        Alt::Absent { .. }
        | Alt::OneOf { .. }
        | Alt::List(_)
        | Alt::Map(_)
        | Alt::Resource { .. }
        | Alt::Unknown(_) => {
            return None;
        }
    };
    let zip_file = draft.branches(Branch::properties(resource)?, &["Code", "ZipFile"]);
    let [branch] = zip_file[..] else { return None };
    let origin = draft.values().origin(branch.value);
    let handler = draft.known_text_at(Branch::properties(resource)?, &["Handler"]).unwrap_or_default();
    let program = Program::inline(text, language, handler, has_layers);
    Some(Handler { program, place: CodePlace::Inline(origin) })
}

/// A piece of inline code, with marks around the resource that stands there.
fn written(draft: &Draft<'_>, part: &TextPart) -> String {
    let [open, close] = MARKS;
    match part {
        TextPart::Known(text) => draft.text(*text).to_owned(),
        TextPart::Resource { id, attribute: _ } => format!("{open}{}{close}", draft.text(*id)),
        TextPart::Pseudo(_) | TextPart::Unknown(_) => format!("{open}{close}"),
    }
}

impl CodePlace {
    /// The place of a call; a file that it is the first in becomes a source.
    fn origin(
        &mut self,
        draft: &Draft<'_>,
        program: &Program,
        call: CallPlace,
        sources: &mut Vec<Source>,
    ) -> Origin {
        let file = &program.files[call.file];
        match self {
            Self::Folder { shown, ids } => {
                let id = *ids[call.file].get_or_insert_with(|| {
                    let parts: Vec<_> = file.path.iter().map(|part| part.to_string_lossy()).collect();
                    let folder = if shown.is_empty() || shown.ends_with('/') { "" } else { "/" };
                    sources
                        .push(Source::new(format!("{shown}{folder}{}", parts.join("/")), file.text.clone()));
                    FileId((draft.template().sources.len() + sources.len() - 1) as u32)
                });
                Origin { file: id, key: call.span, value: call.span, kind: OriginKind::Written }
            }
            Self::Inline(origin) => {
                let source = &draft.template().sources[origin.file.0 as usize];
                match in_block(source, origin.value, &file.text, call.span) {
                    Some(span) => Origin { key: span, value: span, ..*origin },
                    None => *origin,
                }
            }
        }
    }
}

/// A place in the text of a block scalar (`|`), in the file that the block stands in: what the text says in a line, the
/// file says at the end of one.
fn in_block(source: &Source, block: Span, text: &str, place: Span) -> Option<Span> {
    let start = text[..place.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next()?;
    let number = text[..start].matches('\n').count();
    let mut at = block.start as usize;
    let mut lines = source.slice(block).split_inclusive('\n');
    // The line of the `|`, and those before ours.
    at += lines.by_ref().take(number + 1).map(str::len).sum::<usize>();
    let raw = lines.next()?.trim_end_matches(['\n', '\r']);
    let indent = raw.strip_suffix(line)?.len();
    let column = place.start as usize - start;
    let first = at + indent + column;
    Some(Span::new(first..first + (place.end - place.start) as usize))
}

/// What leads from a function's code to one callee.
struct Ties {
    to: VertexId,
    kind: VertexKind,
    /// The variables that the function is given, each with where it leads.
    variables: Vec<(Name, Tied)>,
    /// Whether a name that stands in code can be compared with the callee's.
    is_name_clear: bool,
}

impl Ties {
    fn of(draft: &Draft<'_>, from: VertexId, to: VertexId) -> Self {
        let kind = draft.vertex(to).kind;
        let properties = draft.resource(draft.vertex(from).id).and_then(Branch::properties);
        let variables =
            properties.map_or_else(Vec::new, |it| draft.branches(it, &["Environment", "Variables"]));
        let entries = variables.into_iter().flat_map(|variables| draft.entries(variables));
        let variables =
            entries.map(|(name, value)| (name, Self::variable(draft, value, (to, kind)))).collect();
        let callee = draft.resource(draft.vertex(to).id);
        let is_name_clear = callee.zip(kind.name_property()).is_some_and(|(callee, property)| {
            let known = Branch::properties(callee).and_then(|it| draft.known_text_at(it, &[property]));
            known.is_some() || draft.presence(callee, &[property]) == Plain::Bool(false)
        });
        Self { to, kind, variables, is_name_clear }
    }

    fn variable(draft: &Draft<'_>, value: Branch, (to, kind): (VertexId, VertexKind)) -> Tied {
        let references = draft.references(value);
        let mut is_unclear = references.is_empty();
        for (_, reference) in references {
            let inside = draft.inside(&reference, &[kind]);
            if inside.iter().any(|(_, target)| target.vertex == to) {
                return Tied::Here;
            }
            is_unclear |=
                inside.is_empty() && reference.resources.is_empty() && reference.text.contains("${");
        }
        if is_unclear { Tied::Unclear } else { Tied::Elsewhere }
    }

    fn tied(&self, draft: &Draft<'_>, tie: &Tie) -> Tied {
        match tie {
            Tie::Variable(name) => {
                let known = draft.names().find(name);
                let given = self.variables.iter().filter(|(variable, _)| known == Some(*variable));
                let tied: Vec<Tied> = given.map(|(_, tied)| *tied).collect();
                if tied.contains(&Tied::Here) {
                    Tied::Here
                } else if tied.contains(&Tied::Unclear) || tied.is_empty() && !name.starts_with("AWS_") {
                    Tied::Unclear
                } else {
                    Tied::Elsewhere
                }
            }
            Tie::Literal(text) => self.literal(draft, text),
        }
    }

    fn literal(&self, draft: &Draft<'_>, text: &str) -> Tied {
        let [open, close] = MARKS;
        if let Some((_, marked)) = text.split_once(open) {
            let id = marked.split(close).next().and_then(|id| draft.names().find(id));
            return match id.and_then(|id| draft.vertex_of(id)) {
                Some(vertex) if vertex == self.to => Tied::Here,
                Some(vertex) if draft.vertex(vertex).kind == self.kind => Tied::Elsewhere,
                Some(_) | None => Tied::Unclear,
            };
        }
        let inside = draft.inside(&Reference::by_name(text), &[self.kind]);
        if inside.iter().any(|(_, target)| target.vertex == self.to) {
            Tied::Here
        } else if self.is_name_clear || !inside.is_empty() {
            Tied::Elsewhere
        } else {
            Tied::Unclear
        }
    }
}
