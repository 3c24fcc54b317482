//! Writing suppressions: a comment above the line in YAML, `Metadata` of the resource in JSON. Whatever is written, the
//! document stays what it was, or the text is left alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Document, Kind, NodeId, Syntax};
use crate::finding::Finding;
use crate::source::{FileId, Source, Span};

use super::{File, OURS, Reason, lines_of};

/// A finding that is to be suppressed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) span: Span,
    pub(crate) rule: String,
}

impl Asked {
    /// A finding at each of the places that it speaks for, with the files; at the one that mends all, if it points there.
    pub(crate) fn of(finding: &Finding) -> impl Iterator<Item = (FileId, Self)> {
        let primary = finding.primary.location;
        let members = finding.members.iter().map(|member| member.location);
        let is_among_them = members.clone().any(|member| member == primary);
        let others = members.filter(move |member| is_among_them && *member != primary);
        let places = std::iter::once(primary).chain(others);
        places.map(|place| (place.file, Self { span: place.span, rule: finding.rule.clone() }))
    }
}

/// A text with suppressions added.
#[derive(Debug)]
pub(crate) struct Addition {
    /// The new text; `None` where there is nothing to write.
    pub(crate) text: Option<String>,
    /// What is suppressed in it.
    pub(crate) written: BTreeSet<Asked>,
    /// What is not, and why.
    pub(crate) left: Vec<(Asked, &'static str)>,
}

const UNREADABLE: &str = "the file cannot be read";
const NO_ROOM: &str = "no comment can stand there";
const NO_RESOURCE: &str = "JSON has no comments, and this is in no resource with `Metadata`";
const OTHER_METADATA: &str = "the resource's `Metadata` holds something else there";
const CHANGES: &str = "a comment would change what the file says";

/// Adds suppressions to a text.
pub(crate) fn add(source: &Source, asked: &BTreeSet<Asked>, reason: &Reason) -> Addition {
    let nothing = |why| Addition {
        text: None,
        written: BTreeSet::new(),
        left: asked.iter().map(|asked| (asked.clone(), why)).collect(),
    };
    let parsed = Document::parse(source.path(), source.text());
    let Some(document) = parsed.document.filter(|_| parsed.errors.is_empty()) else {
        return nothing(UNREADABLE);
    };
    let syntax = document.syntax();
    let Planned { insertions, written, left } = match syntax {
        Syntax::Yaml => comments(source, &document, asked, reason),
        Syntax::Json => metadata(source, &document, asked, reason),
    };
    if insertions.is_empty() {
        return Addition { text: None, written, left };
    }
    let text = with(source.text(), &insertions);
    let again = Document::parse(source.path(), &text);
    let is_sound = again.errors.is_empty()
        && again.document.is_some_and(|again| match syntax {
            Syntax::Yaml => document.holds_the_same_as(&again),
            Syntax::Json => again.syntax() == Syntax::Json,
        });
    if is_sound { Addition { text: Some(text), written, left } } else { nothing(CHANGES) }
}

/// What is to be inserted where.
#[derive(Default)]
struct Planned {
    /// By the offset.
    insertions: BTreeMap<usize, String>,
    written: BTreeSet<Asked>,
    left: Vec<(Asked, &'static str)>,
}

fn with(text: &str, insertions: &BTreeMap<usize, String>) -> String {
    let mut all = String::with_capacity(text.len() + 80 * insertions.len());
    let mut from = 0;
    for (at, inserted) in insertions {
        all.push_str(&text[from..*at]);
        all.push_str(inserted);
        from = *at;
    }
    all.push_str(&text[from..]);
    all
}

/// One comment above each line, for all that is found on it.
fn comments(source: &Source, document: &Document, asked: &BTreeSet<Asked>, reason: &Reason) -> Planned {
    let mut planned = Planned::default();
    let mut lines: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    for one in asked {
        // Inside of a text a `#` is text: the line of its key is as good.
        let room = lines_of(source, Some(document), one.span).into_iter().find(|line| {
            let start =
                source.line_span(*line).map(|line| line.start + indentation(source.slice(line)) as u32);
            start.is_some_and(|start| !document.is_in_scalar(start))
        });
        match room {
            Some(line) => {
                lines.entry(line).or_default().insert(&one.rule);
                planned.written.insert(one.clone());
            }
            None => planned.left.push((one.clone(), NO_ROOM)),
        }
    }
    for (line, rules) in lines {
        let Some(span) = source.line_span(line) else { continue };
        let text = source.slice(span);
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let text = &text[mark..];
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        let comment = format!("# lenslint: ignore[{rules}] {reason}");
        let inserted =
            format!("{}{}{}", &text[..indentation(text)], comment.trim_end(), line_break(source, line));
        planned.insertions.insert(span.start as usize + mark, inserted);
    }
    planned
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t', '\u{feff}']).len()
}

/// The line break that ends a line, or the one before it.
fn line_break(source: &Source, line: u32) -> &str {
    let after = |line: u32| {
        let end = source.line_span(line)?.end as usize;
        let next = source.line_span(line + 1)?.start as usize;
        source.text().get(end..next)
    };
    after(line).or_else(|| after(line.checked_sub(1)?)).unwrap_or("\n")
}

/// An entry of `Metadata` for each rule of each resource.
fn metadata(source: &Source, document: &Document, asked: &BTreeSet<Asked>, reason: &Reason) -> Planned {
    let mut planned = Planned::default();
    let file = File { id: FileId::TEMPLATE, source, document, is_template: true };
    let resources = file.resources();
    let mut entries: BTreeMap<NodeId, BTreeSet<&Asked>> = BTreeMap::new();
    for one in asked {
        let around = resources.iter().find(|(key, resource)| {
            let whole = Span { start: document.span(*key).start, end: document.span(*resource).end };
            whole.contains(one.span) && document.kind(*resource) == Kind::Mapping
        });
        match around {
            Some((_, resource)) => drop(entries.entry(*resource).or_default().insert(one)),
            None => planned.left.push((one.clone(), NO_RESOURCE)),
        }
    }
    for (resource, asked) in entries {
        let rules: BTreeSet<&str> = asked.iter().map(|asked| asked.rule.as_str()).collect();
        let ids = rules.into_iter().map(|rule| entry(rule, reason)).collect::<Vec<_>>().join(", ");
        let Some((into, text)) = room(document, resource, &ids) else {
            planned.left.extend(asked.into_iter().map(|asked| (asked.clone(), OTHER_METADATA)));
            continue;
        };
        let (at, inserted) = at_the_start(source, document.span(into), &text);
        planned.insertions.insert(at, inserted);
        planned.written.extend(asked.into_iter().cloned());
    }
    planned
}

fn entry(rule: &str, reason: &Reason) -> String {
    let member = |key: &str, text: &str| format!("\"{key}\": {}", serde_json::Value::from(text));
    let mut members = vec![member("id", rule)];
    if !reason.text.is_empty() {
        members.push(member("reason", &reason.text));
    }
    members.extend(reason.expires.map(|date| member("expires", &date.to_string())));
    format!("{{{}}}", members.join(", "))
}

/// The innermost of `Metadata`, `lenslint` and `ignore` that is there, and what it lacks.
fn room(document: &Document, resource: NodeId, ids: &str) -> Option<(NodeId, String)> {
    let mut into = resource;
    let keys = ["Metadata", OURS, "ignore"];
    for (depth, key) in keys.iter().enumerate() {
        if document.kind(into) != Kind::Mapping {
            return None;
        }
        let Some(value) = document.value(into, key) else {
            let (last, around) = keys.split_last()?;
            let innermost = format!("\"{last}\": [{ids}]");
            let lacking = around.iter().skip(depth).rev();
            return Some((into, lacking.fold(innermost, |inside, key| format!("\"{key}\": {{{inside}}}"))));
        };
        into = value;
    }
    (document.kind(into) == Kind::Sequence).then(|| (into, ids.to_owned()))
}

/// Where the first entry of a map or a list in brackets goes, laid out as the one that is first now.
fn at_the_start(source: &Source, brackets: Span, text: &str) -> (usize, String) {
    let inside = brackets.start as usize + 1;
    let rest = &source.text()[inside..];
    let blank = &rest[..rest.len() - rest.trim_start().len()];
    let is_empty = rest[blank.len()..].starts_with(['}', ']']);
    if is_empty {
        (inside, text.to_owned())
    } else if blank.contains(['\n', '\r']) {
        (inside, format!("{blank}{text},"))
    } else {
        (inside + blank.len(), format!("{text}, "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with a suppression of `SLP999` for each of the needles.
    fn added(path: &str, text: &str, needles: &[&str]) -> Addition {
        let source = Source::new(path, text);
        let asked = needles.iter().map(|needle| {
            let at = text.find(needle).unwrap();
            Asked { span: Span::new(at..at + needle.len()), rule: "SLP999".to_owned() }
        });
        add(&source, &asked.collect(), &Reason::read("because").unwrap())
    }

    #[test]
    fn a_comment_stands_above_the_line_with_its_indentation_and_its_line_break() {
        for broken in ["\n", "\r\n", "\r"] {
            let text = "a:\n  b: 1\nc:\n\n  - d: 2".replace('\n', broken);
            let expected = "a:\n  # lenslint: ignore[SLP999] because\n  b: 1\nc:\n\n  # lenslint: ignore[SLP999] because\n  - d: 2";
            assert_eq!(added("t.yaml", &text, &["1", "2"]).text.unwrap(), expected.replace('\n', broken));
        }
    }

    #[test]
    fn a_byte_order_mark_stays_first() {
        let text = added("t.yaml", "\u{feff}a: 1\n", &["1"]).text.unwrap();
        assert_eq!(text, "\u{feff}# lenslint: ignore[SLP999] because\na: 1\n");
    }

    #[test]
    fn inside_of_a_text_the_line_of_its_key_takes_the_comment() {
        for text in ["a:\n  b: |\n    x\n    y\n", "a:\n  b: 'x\n    y'\n", "a:\n  b: x\n    y\n"] {
            let comment = "a:\n  # lenslint: ignore[SLP999] because\n  b:";
            assert_eq!(added("t.yaml", text, &["y"]).text.unwrap(), text.replace("a:\n  b:", comment));
        }
    }

    #[test]
    fn where_no_comment_can_stand_nothing_is_written() {
        let addition = added("t.yaml", "{a: 'x\n  y', b: 1}\n", &["1"]);
        assert_eq!((addition.text, addition.left.len()), (None, 1));
        let addition = added("t.yaml", "a: [\n", &["["]);
        assert_eq!((addition.text, addition.left[0].1), (None, UNREADABLE));
    }

    #[test]
    fn a_flow_mapping_over_several_lines_takes_comments() {
        let text = added("t.yaml", "a: {\n  b: 1,\n  c: !Ref x\n}\n", &["!Ref"]).text.unwrap();
        assert_eq!(text, "a: {\n  b: 1,\n  # lenslint: ignore[SLP999] because\n  c: !Ref x\n}\n");
    }

    #[test]
    fn anchors_and_aliases_stay() {
        let text = "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n";
        let added = added("t.yaml", text, &["1", "*x", "2"]).text.unwrap();
        assert_eq!(added.matches("ignore[").count(), 3, "{added}");
    }

    const JSON: &str = "{\"Resources\": {\n  \"A\": {\n    \"Type\": \"T\", \"P\": 1\n  }\n}}";
    const ENTRY: &str = r#"[{"id": "SLP999", "reason": "because"}]"#;

    #[test]
    fn in_json_the_resource_gets_metadata_laid_out_as_it_is() {
        let text = added("t.json", JSON, &["1"]).text.unwrap();
        let expected =
            format!("\"A\": {{\n    \"Metadata\": {{\"lenslint\": {{\"ignore\": {ENTRY}}}}},\n    \"Type\"");
        assert_eq!(text, JSON.replace("\"A\": {\n    \"Type\"", &expected));
    }

    #[test]
    fn in_json_what_is_there_is_added_to() {
        let ids = &ENTRY[1..ENTRY.len() - 1];
        for (there, expected) in [
            ("{}", format!("{{\"lenslint\": {{\"ignore\": {ENTRY}}}}}")),
            ("{\"B\": 2}", format!("{{\"lenslint\": {{\"ignore\": {ENTRY}}}, \"B\": 2}}")),
            ("{\"lenslint\": {}}", format!("{{\"lenslint\": {{\"ignore\": {ENTRY}}}}}")),
            ("{\"lenslint\": {\"ignore\": []}}", format!("{{\"lenslint\": {{\"ignore\": [{ids}]}}}}")),
            (
                "{\"lenslint\": {\"ignore\": [\"X\"]}}",
                format!("{{\"lenslint\": {{\"ignore\": [{ids}, \"X\"]}}}}"),
            ),
        ] {
            let around =
                |metadata: &str| JSON.replace("\"P\": 1", &format!("\"P\": 1, \"Metadata\": {metadata}"));
            assert_eq!(added("t.json", &around(there), &["1"]).text.unwrap(), around(&expected));
        }
        let other = JSON.replace("\"P\": 1", "\"P\": 1, \"Metadata\": {\"lenslint\": {\"ignore\": \"X\"}}");
        assert_eq!(added("t.json", &other, &["1"]).left[0].1, OTHER_METADATA);
    }

    #[test]
    fn in_json_there_is_no_room_outside_of_resources() {
        let addition = added("t.json", "{\"Globals\": 1, \"Resources\": {}}", &["1"]);
        assert_eq!((addition.text, addition.left[0].1), (None, NO_RESOURCE));
    }
}
