//! Documents as their readers see them: spans that cut out what was meant, trees that do not depend on the syntax,
//! and hostile texts that end in an error or a tree, soon.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lenslint::document::{Document, Kind, NodeId, Parsed, Syntax, Typed};
use lenslint::source::Span;

/// A document of `text` that is sound.
fn sound(path: &str, text: &str) -> Document {
    let parsed = Document::parse(path, text);
    assert_eq!(parsed.errors, [], "{text}");
    parsed.document.expect("a sound text that is not empty has a tree")
}

/// The value under `keys`, list items by their index.
fn at(document: &Document, keys: &[&str]) -> NodeId {
    keys.iter().fold(document.root(), |node, key| {
        let entry = document.entries(node).find(|entry| document.scalar(entry.key).text == *key);
        let value = entry.map(|entry| entry.value);
        let item = key.parse().ok().and_then(|index| document.items(node).nth(index));
        value.or(item).unwrap_or_else(|| panic!("there is no {key}"))
    })
}

/// The bytes of the value under `keys`.
fn cut<'t>(document: &Document, text: &'t str, keys: &[&str]) -> &'t str {
    &text[document.span(at(document, keys)).range()]
}

/// The tree in one line, whatever it is written in; a quoted scalar and a plain one look alike.
fn outline(document: &Document, node: NodeId) -> String {
    match document.kind(node) {
        Kind::Scalar => match document.scalar(node).typed() {
            Typed::Text(text) => format!("{text:?}"),
            typed => format!("{typed:?}"),
        },
        Kind::Sequence => {
            let items: Vec<String> = document.items(node).map(|item| outline(document, item)).collect();
            format!("[{}]", items.join(","))
        }
        Kind::Mapping => {
            let entry = |key, value| format!("{}:{}", outline(document, key), outline(document, value));
            let entries: Vec<String> = document.entries(node).map(|one| entry(one.key, one.value)).collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

const TRAPS: &str = "\
Tagged: !Sub text # note
Anchored: &a 'it''s'
Literal: !Sub &b |-  # header | not this one
    one
      two

  # between
Folded: >
  one
  two


Empty:
EmptyTag: !Ref
Indentless:
# a comment with - in it
- a
-
- - b
  -
Nested:
  - x: 1

# far below
Flow: [1, {a: b, c: , d}, \"q\" ]  # after
Several: one
  two # end
? Explicit
: value
";

#[test]
fn a_span_holds_quotes_brackets_and_headers_and_no_tag_anchor_or_comment() {
    let document = sound("t.yaml", TRAPS);
    let cut = |keys: &[&str]| cut(&document, TRAPS, keys);
    assert_eq!(cut(&["Tagged"]), "text");
    assert_eq!(cut(&["Anchored"]), "'it''s'");
    assert_eq!(cut(&["Flow"]), "[1, {a: b, c: , d}, \"q\" ]");
    assert_eq!(cut(&["Flow", "1"]), "{a: b, c: , d}");
    assert_eq!(cut(&["Flow", "2"]), "\"q\"");
    assert_eq!(cut(&["Several"]), "one\n  two");
    assert_eq!(cut(&["Explicit"]), "value");
}

#[test]
fn a_block_begins_at_its_header_and_ends_with_its_last_text() {
    let document = sound("t.yaml", TRAPS);
    assert_eq!(cut(&document, TRAPS, &["Literal"]), "|-  # header | not this one\n    one\n      two");
    assert_eq!(document.scalar(at(&document, &["Literal"])).text, "one\n  two");
    assert_eq!(cut(&document, TRAPS, &["Folded"]), ">\n  one\n  two");
    assert_eq!(document.scalar(at(&document, &["Folded"])).text, "one two\n");
    let end = "A: |\n  text";
    let document = sound("t.yaml", end);
    assert_eq!(cut(&document, end, &["A"]), "|\n  text");
    assert_eq!(document.scalar(at(&document, &["A"])).text, "text");
    let hollow = "A: |+\n\nB: 1\n";
    let document = sound("t.yaml", hollow);
    assert_eq!(cut(&document, hollow, &["A"]), "|+");
    assert_eq!(document.scalar(at(&document, &["A"])).text, "\n");
}

#[test]
fn an_empty_value_stands_behind_its_indicator() {
    let document = sound("t.yaml", TRAPS);
    let before = |keys: &[&str], text: &str| {
        let span = document.span(at(&document, keys));
        assert!(span.is_empty());
        assert!(TRAPS[..span.start as usize].ends_with(text), "{keys:?}");
        assert_eq!(document.scalar(at(&document, keys)).typed(), Typed::Null);
    };
    before(&["Empty"], "Empty:");
    before(&["EmptyTag"], "EmptyTag: !Ref");
    before(&["Indentless", "1"], "- a\n-");
    before(&["Indentless", "2", "1"], "- - b\n  -");
    before(&["Flow", "1", "c"], "c:");
    before(&["Flow", "1", "d"], ", d");
}

#[test]
fn a_block_collection_begins_at_its_first_key_or_dash_and_ends_with_its_last_leaf() {
    let document = sound("t.yaml", TRAPS);
    assert_eq!(cut(&document, TRAPS, &["Indentless"]), "- a\n-\n- - b\n  -");
    assert_eq!(cut(&document, TRAPS, &["Indentless", "2"]), "- b\n  -");
    assert_eq!(cut(&document, TRAPS, &["Nested"]), "- x: 1");
    assert_eq!(cut(&document, TRAPS, &["Nested", "0"]), "x: 1");
    assert_eq!(cut(&document, TRAPS, &[]), TRAPS.trim_end());
}

#[test]
fn tags_anchors_and_comments_have_places_of_their_own() {
    let document = sound("t.yaml", TRAPS);
    let literal = at(&document, &["Literal"]);
    let (tag, span) = document.tag(literal).unwrap();
    assert_eq!((tag, &TRAPS[span.range()]), ("!Sub", "!Sub"));
    assert_eq!(document.anchor(literal).unwrap().0, "&b");
    assert_eq!(document.tag(at(&document, &["Anchored"])), None);
    let comments: Vec<&str> =
        document.comments().iter().map(|comment| &TRAPS[comment.span.range()]).collect();
    assert_eq!(
        comments,
        [
            "# note",
            "# header | not this one",
            "# between",
            "# a comment with - in it",
            "# far below",
            "# after",
            "# end"
        ]
    );
}

#[test]
fn line_breaks_of_every_kind_and_a_byte_order_mark_move_no_span() {
    for line_break in ["\n", "\r\n", "\r"] {
        let text = "\u{feff}A: 'x'\n# café\nB: |\n  é\nC:\n- 1\n".replace('\n', line_break);
        let document = sound("t.yaml", &text);
        assert_eq!(cut(&document, &text, &["A"]), "'x'");
        assert_eq!(cut(&document, &text, &["B"]), format!("|{line_break}  é"));
        assert_eq!(document.scalar(at(&document, &["B"])).text, "é\n");
        assert_eq!(cut(&document, &text, &["C"]), "- 1");
        assert_eq!(document.span(document.root()).start, 3);
    }
    let json = "\u{feff}{\t\"a\":\t[\"\\u00e9\",\r\n 1]}";
    let document = sound("t.json", json);
    assert_eq!(document.span(document.root()).start, 3);
    assert_eq!(cut(&document, json, &["a", "0"]), "\"\\u00e9\"");
    assert_eq!(document.scalar(at(&document, &["a", "0"])).text, "é");
}

#[test]
fn twins_in_yaml_and_json_are_one_tree() {
    let yaml = "A: 1\nB: [x, 'y', true, null, -2.5e3, []]\nC:\n  D: \"a\\tb\\U0001F600\"\n  E: {}\n  F: '2012-10-17'\n";
    let json = r#"{"A": 1, "B": ["x", "y", true, null, -2.5e3, []],
        "C": {"D": "a\tb\ud83d\ude00", "E": {}, "F": "2012-10-17"}}"#;
    let (yaml, json) = (sound("t.yaml", yaml), sound("t.json", json));
    assert_eq!(outline(&yaml, yaml.root()), outline(&json, json.root()));
    assert_eq!((yaml.syntax(), json.syntax()), (Syntax::Yaml, Syntax::Json));
}

#[test]
fn the_first_character_and_the_extension_say_which_language_it_is() {
    assert_eq!(sound("t.yaml", " \n{\"a\": 1}").syntax(), Syntax::Json);
    assert_eq!(sound("t.template", "{a: 1, b: [x]}").syntax(), Syntax::Yaml);
    let missing_comma = Document::parse("t.template", "{\"a\": 1\n\"b\": 2}");
    assert_eq!(missing_comma.document.unwrap().syntax(), Syntax::Json);
    let parsed = Document::parse("t.json", "{a: 1}");
    assert_eq!(parsed.document.unwrap().syntax(), Syntax::Json);
    assert_eq!(parsed.errors.len(), 1);
    assert!(Document::parse("t.yaml", "").document.is_none());
    assert!(Document::parse("t.yaml", "# nothing\n").document.is_none());
}

#[test]
fn an_alias_is_its_target_at_a_place_of_its_own() {
    let text = "A: &x !Sub hello\nB: *x\nC: &list [1]\nD: *list\n";
    let document = sound("t.yaml", text);
    assert_eq!(cut(&document, text, &["B"]), "*x");
    assert_eq!(document.scalar(at(&document, &["B"])).text, "hello");
    assert_eq!(document.tag(at(&document, &["B"])).unwrap().0, "!Sub");
    assert_eq!(document.kind(at(&document, &["D"])), Kind::Sequence);
    assert_eq!(document.scalar(at(&document, &["D", "0"])).text, "1");
    assert!(document.is_alias(at(&document, &["D"])));
}

#[test]
fn merged_entries_come_last_and_give_way_to_own_and_earlier_ones() {
    let text = "A: &a {x: 1, y: 1}\nB: &b {y: 2, z: 2}\nC:\n  <<: [*a, *b]\n  x: own\n  <<: {w: 3, z: 3}\n";
    let document = sound("t.yaml", text);
    assert_eq!(outline(&document, at(&document, &["C"])), r#"{"x":"own","y":Int(1),"z":Int(2),"w":Int(3)}"#);
    assert!(document.duplicate_keys().is_empty());
    let quoted = sound("t.json", r#"{"<<": 1}"#);
    assert_eq!(outline(&quoted, quoted.root()), r#"{"<<":Int(1)}"#);
}

#[test]
fn the_last_of_equal_keys_wins_and_all_are_told() {
    for (path, text) in
        [("t.yaml", "A: 1\nB: 2\n'A': 3\nA: 4\n"), ("t.json", r#"{"A":1,"B":2,"A":3,"\u0041":4}"#)]
    {
        let document = sound(path, text);
        assert_eq!(outline(&document, document.root()), r#"{"B":Int(2),"A":Int(4)}"#);
        let duplicates = document.duplicate_keys();
        assert_eq!(duplicates.len(), 2);
        assert_eq!(duplicates[0].first, duplicates[1].first);
        assert!(duplicates[0].first < duplicates[0].again && duplicates[0].again < duplicates[1].again);
    }
}

#[test]
fn a_path_leads_to_the_innermost_key_or_value() {
    let text = "A: 1\nResources:\n  Q: !X\n    - Type: t\n      Empty:\n    - last\n";
    let document = sound("t.yaml", text);
    let path = |needle: &str| {
        let start = text.find(needle).unwrap();
        document.path_to(Span::new(start..start + needle.len())).join("/")
    };
    assert_eq!(path("Resources"), "Resources");
    assert_eq!(path("!X"), "Resources/Q");
    assert_eq!(path("Type"), "Resources/Q/0/Type");
    assert_eq!(path("t\n"), "Resources/Q/0");
    assert_eq!(path("last"), "Resources/Q/1");
    assert_eq!(path("Empty:"), "Resources/Q/0/Empty");
    assert_eq!(path("A: 1\nR"), "");
}

/// The lines of the errors, with the bytes that they blame.
fn blamed(path: &str, text: &str) -> Vec<(usize, String)> {
    let Parsed { errors, document } = Document::parse(path, text);
    assert!(document.is_some(), "no tree of {text}");
    errors
        .iter()
        .map(|error| {
            assert!(!error.message.ends_with('.') && error.help.is_some(), "{error:?}");
            (text[..error.span.start as usize].matches('\n').count() + 1, text[error.span.range()].to_owned())
        })
        .collect()
}

#[test]
fn every_error_of_a_yaml_file_names_its_culprit() {
    let text = "\
Resources
  Q:
    Type: x
A: \"open
B: [1, 2
C: @at
D:
\tTab: 1
E: text: more
F: *nothing
G: 'it's'
H:
    Deep: 1
  Shallow: 2
I: \"\\d\"
J: 1
";
    let expected = [
        (1, "Resources"),
        (4, "\""),
        (5, "["),
        (6, "@at"),
        (8, "\t"),
        (9, ":"),
        (10, "*nothing"),
        (11, "s'"),
        (14, "Shallow: 2"),
        (15, "\\d"),
    ];
    let found = blamed("t.yaml", text);
    let found: Vec<(usize, &str)> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
    assert_eq!(found, expected);
    let document = Document::parse("t.yaml", text).document.unwrap();
    assert_eq!(document.scalar(at(&document, &["J"])).text, "1");
}

#[test]
fn every_error_of_a_json_file_names_its_culprit_and_the_tree_goes_on() {
    let text = r#"{
  "a": 1
  "b": [1, 2,],
  // note
  "c": 'x',
  "d": True,
  "e" 5,
  "f": "open,
  "g": 012,
  h: "\q",
  "i": [1, 2}
"#;
    let found = blamed("t.json", text);
    let found: Vec<(usize, &str)> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
    let expected = [
        (2, ""),
        (3, ","),
        (4, "// note"),
        (5, "'"),
        (6, "True"),
        (7, ""),
        (8, "\""),
        (9, "012"),
        (10, "h"),
        (11, "["),
    ];
    assert_eq!(found, expected);
    let document = Document::parse("t.json", text).document.unwrap();
    assert_eq!(outline(&document, at(&document, &["b"])), "[Int(1),Int(2)]");
    assert_eq!(document.scalar(at(&document, &["g"])).text, "012");
}

#[test]
fn a_second_document_and_a_key_that_is_no_text_are_told() {
    assert_eq!(blamed("t.yaml", "A: 1\n---\nB: 2\n"), [(2, "---".to_owned())]);
    assert_eq!(blamed("t.yaml", "A: {{ name }}\nB: 2\n"), [(1, "{ name }".to_owned())]);
    assert_eq!(blamed("t.yaml", "<<: 1\nA: 2\n"), [(1, "1".to_owned())]);
}

#[test]
fn hostile_texts_end_soon_in_a_tree_or_an_error() {
    let repeat = |text: &str, times| text.repeat(times);
    let laughs = ('a'..='k')
        .zip('b'..='l')
        .map(|(target, name)| {
            format!(
                "{name}: &{name} [{}]
",
                vec![format!("*{target}"); 9].join(",")
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let numbered = |line: fn(usize) -> String, count| (1..count).map(line).collect::<Vec<_>>().concat();
    let texts = [
        repeat("- ", 100_000),
        repeat("? ", 100_000),
        repeat("[", 100_000),
        repeat("{a: ", 100_000),
        repeat("{\"a\":", 100_000),
        repeat(": ", 100_000),
        repeat("&a ", 100_000),
        repeat("---\n", 100_000),
        format!("[{}]", repeat("1,", 1_000_000)),
        format!("A: [{}]", repeat("1, ", 300_000)),
        format!("A: {}", repeat("x", 10_000_000)),
        format!("A: \"{}", repeat("x", 2_000_000)),
        format!("{{\"a\":\"{}", repeat("x", 10_000_000)),
        format!("A:\n{}", repeat("  b: c: d\n", 200_000)),
        format!("A:\n{}", repeat("  b: [x\n", 200_000)),
        format!("A:\n{}", repeat("  b: \"x\n", 200_000)),
        format!("[{}", repeat("'a'\n", 1_000_000)),
        format!("[{}", repeat(",", 1_000_000)),
        repeat("# c\n", 300_000),
        repeat("k: 1\n", 100_000),
        numbered(|key| format!("k{key}: 1\n"), 100_000),
        numbered(|key| format!("- *x{key}\n"), 50_000),
        format!("a: &a [x,x,x,x,x,x,x,x,x]\n{laughs}"),
        format!("a0: &a0 [1]\n{}", numbered(|key| format!("a{key}: &a{key} [*a{}]\n", key - 1), 50_000)),
        format!(
            "a0: &a0 {{x: 1}}\n{}",
            numbered(|key| format!("a{key}: &a{key} {{<<: *a{}, k{key}: 1}}\n", key - 1), 10_000)
        ),
        "a: &a [*a]\nb: &b {<<: *b, c: *b}\n".to_owned(),
        "A: \0\n".to_owned(),
        "{\"a\": \"\\ud800\\ud800\\udc00\\u12\"}".to_owned(),
    ];
    for text in texts {
        let start = Instant::now();
        // The extension only matters to what begins with a bracket.
        let paths = if text.starts_with(['{', '[']) { &["t.yaml", "t.json"][..] } else { &["t.yaml"] };
        for path in paths {
            let parsed = Document::parse(path, &text);
            assert!(parsed.errors.len() <= 20);
            if let Some(document) = parsed.document {
                let visited = walk(&document, document.root(), 0);
                assert!(visited <= text.len() + 250_001, "{visited} nodes of {} bytes", text.len());
            }
        }
        let took = start.elapsed();
        // What does not end soon does not end in a minute either, and machines may be busy.
        assert!(took < Duration::from_secs(60), "{took:?} for {}", &text[..text.len().min(40)]);
    }
}

/// How many nodes a reader meets who follows every alias; none may be deeper than 512 levels.
fn walk(document: &Document, node: NodeId, depth: usize) -> usize {
    assert!(depth <= 512);
    let items: usize = document.items(node).map(|item| walk(document, item, depth + 1)).sum();
    let entries: usize = document.entries(node).map(|entry| 1 + walk(document, entry.value, depth + 1)).sum();
    1 + items + entries
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn every_span_of_the_corpus_is_exact() {
    let Some(corpus) = crate::corpus() else {
        eprintln!("skipped: no corpus at LENSLINT_CORPUS or ../shared/corpus");
        return;
    };
    let mut files = Vec::new();
    for folder in ["patterns", "cfn", "sam-fixtures/input"] {
        collect(&corpus.join(folder), &mut files);
    }
    assert!(!files.is_empty());
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let path = file.display().to_string();
        if let Some(document) = Document::parse(&path, &text).document {
            let span = document.span(document.root());
            check(&document, &text, &path, document.root(), span);
        }
    }
}

fn check(document: &Document, text: &str, path: &str, node: NodeId, parent: Span) {
    let span = document.span(node);
    let place = format!("{path}: {span:?}");
    assert!(span.start <= span.end && parent.contains(span), "{place}");
    let slice = text.get(span.range());
    let slice = slice.unwrap_or_else(|| panic!("{place}"));
    if document.is_alias(node) {
        return;
    }
    if let Some((tag, place_of_tag)) = document.tag(node) {
        assert!(tag.starts_with('!') && place_of_tag.end <= span.start, "{place}");
    }
    if document.kind(node) == Kind::Scalar {
        let scalar = document.scalar(node);
        if scalar.is_plain && !slice.contains(['\n', '\r']) {
            assert_eq!(slice, scalar.text, "{place}");
        }
        assert_eq!(slice, slice.trim(), "{place}");
    }
    for item in document.items(node) {
        check(document, text, path, item, span);
    }
    for entry in document.entries(node) {
        // What is merged in stands elsewhere.
        if span.contains(document.span(entry.key)) {
            check(document, text, path, entry.key, span);
            check(document, text, path, entry.value, span);
            assert!(document.span(entry.key).end <= document.span(entry.value).start, "{place}");
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
    files.sort();
}

#[test]
fn a_place_stands_under_its_innermost_key() {
    let text = "a:\n  b: &x [1, {c: 2}]\n  d: !Ref y\ne: *x\n";
    let document = sound("t.yaml", text);
    for (needle, key) in
        [("1", "b"), ("2", "c"), ("{c", "b"), ("!Ref", "d"), ("y", "d"), ("*x", "e"), ("a", "a")]
    {
        let start = text.find(needle).unwrap();
        let found = document.key_at(Span::new(start..start + needle.len())).unwrap();
        assert_eq!(&text[found.range()], key, "{needle}");
    }
    assert_eq!(document.key_at(Span::new(0..text.len())), None);
}

#[test]
fn a_place_is_in_a_scalar_between_its_first_and_its_last_byte() {
    let text = "a: |\n  b\n  c\nd: 'e\n  f'\ng: h\n";
    let document = sound("t.yaml", text);
    let is_in = |needle: &str| document.is_in_scalar(text.find(needle).unwrap() as u32);
    assert_eq!(["  b", "c", "f'"].map(is_in), [true; 3]);
    assert_eq!(["a", "|", "d", "'e", "g", "h"].map(is_in), [false; 6]);
}

#[test]
fn comments_and_layout_do_not_make_another_document() {
    let text = "a: &x {b: 1}\nc: !Ref d\ne: *x\n";
    let same = |other: &str| sound("t.yaml", text).holds_the_same_as(&sound("t.yaml", other));
    assert!(same("# what\na: &x\n    b: 1 # why\n\nc: !Ref d\ne: *x\n"));
    for other in [
        "a: &x {b: 2}\nc: !Ref d\ne: *x\n",
        "a: &x {b: '1'}\nc: !Ref d\ne: *x\n",
        "a: &x {b: 1}\nc: !Sub d\ne: *x\n",
        "a: &x {b: 1}\nc: d\ne: *x\n",
        "a: &x {b: 1}\nc: !Ref d\ne: {b: 1}\n",
        "a: &x {b: 1}\nc: !Ref d\ne: *x\nf: 1\n",
        "a: &x [b, 1]\nc: !Ref d\ne: *x\n",
    ] {
        assert!(!same(other), "{other}");
    }
}
