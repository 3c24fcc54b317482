//! Reports for the tests of every format: an ordinary one, a clean one, one that attacks, and one for each
//! thing that makes columns hard.

use std::ops::Range;

use crate::finding::{
    Checked, Confidence, Finding, Label, Reason, ReasonKind, Report, RunError, Severity, Undecided,
};
use crate::rule::{Catalogue, Page};
use crate::source::{FileId, Location, Source, Span};

use super::{Format, Style};

/// What `format` makes of `report`.
pub(super) fn written(format: Format, report: &Report, catalogue: &Catalogue, style: &Style) -> String {
    let mut out = Vec::new();
    super::write(format, report, catalogue, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The text as every release prints it.
pub(super) fn without_version(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// A rule page with that id and slug.
pub(super) fn page(id: &str, slug: &str) -> Page {
    let text = "---
severity: warning
confidence: high
scope: tool
lens: PERF 1 / capacity units
since: 0.0.1
---
# Queue hides messages for less than six times its consumer's timeout

A message that is still being handled
becomes visible `again`.

## Fix
Raise `VisibilityTimeout`.
";
    Page::read("queues", &format!("{id}-{slug}"), text).unwrap()
}

/// Three rules, of which the last one never runs.
pub(super) fn catalogue() -> Catalogue {
    let mut capacity = page("SLP301", "function-without-memory");
    capacity.severity = Severity::Info;
    let pages =
        vec![page("SLP202", "sqs-visibility-below-6x"), capacity, page("SLP909", "rule-that-did-not-run")];
    Catalogue { pages }
}

/// The same rules; one of them says where its page is.
pub(super) fn documented() -> Catalogue {
    let mut catalogue = catalogue();
    catalogue.pages[0].docs = Some("https://rules.example/SLP202".to_owned());
    catalogue
}

const TEMPLATE: &str = "\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 900
      Events:
        Queue:
          Type: SQS
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
";

const NESTED: &str = "\
Resources:
  Consumer:
    Properties:
      Timeout: !Ref Limit
";

/// Two templates, three findings of three grades, a place in a nested stack, a condition, a failure.
pub(super) fn mixed() -> Report {
    let template = Source::new("infra/template.yaml", TEMPLATE);
    let nested = Source::new("infra/nested stäck.yaml", NESTED);
    let queue = Finding {
        related: vec![
            label(&template, 0, "900", "the consumer's timeout"),
            label(&nested, 1, "!Ref Limit", "the other consumer's timeout"),
        ],
        path: vec![label(&template, 0, "30", "30 s"), label(&template, 0, "900", "the consumer's timeout")],
        help: Some("Set VisibilityTimeout to 5400.".to_owned()),
        resource: Some("OrdersQueue".to_owned()),
        construct: Some("Shop/Orders".to_owned()),
        logical_path: "Resources/OrdersQueue/Properties/VisibilityTimeout".to_owned(),
        ..finding(
            "Queue 'OrdersQueue' hides messages for 30 s, its consumer 'Orders' may run for 900 s",
            label(&template, 0, "30", "30 s"),
        )
    };
    let memory = Finding {
        rule: "SLP301".to_owned(),
        name: "function-without-memory".to_owned(),
        severity: Severity::Info,
        confidence: Confidence::Low,
        condition: Some("IsProd is false".to_owned()),
        resource: Some("Orders".to_owned()),
        logical_path: "Resources/Orders/Properties".to_owned(),
        ..finding("Function 'Orders' has no MemorySize", label(&template, 0, "Properties", ""))
    };
    let broken = Source::new("other/b.yaml", "a: [\n");
    let syntax = Finding {
        rule: "SLP001".to_owned(),
        name: "unreadable".to_owned(),
        severity: Severity::Error,
        ..finding("Expected ']', found the end of the file.", label(&broken, 0, "[", "opened here"))
    };
    Report {
        checked: vec![
            Checked {
                sources: vec![template, nested],
                templates: 1,
                findings: vec![memory, queue],
                ..Checked::default()
            },
            Checked { sources: vec![broken], templates: 0, findings: vec![syntax], ..Checked::default() },
        ],
        rules: vec!["SLP202".to_owned(), "SLP301".to_owned()],
        errors: vec![RunError { path: "locked.yaml".to_owned(), message: "Permission denied".to_owned() }],
        ..Report::default()
    }
}

/// One template without findings.
pub(super) fn clean() -> Report {
    let checked = Checked {
        sources: vec![Source::new("t.yaml", TEMPLATE)],
        templates: 1,
        findings: Vec::new(),
        ..Checked::default()
    };
    Report { checked: vec![checked], rules: vec!["SLP202".to_owned()], ..Report::default() }
}

/// One template with three checks that stay undecided, for reasons of every number and distance.
pub(super) fn undecided() -> Report {
    let template = Source::new("infra/template.yaml", TEMPLATE);
    let nested = Source::new("infra/nested stäck.yaml", NESTED);
    let at = |file: u32, needle: &str| {
        let source = if file == 0 { &template } else { &nested };
        label(source, file, needle, "").location
    };
    let reason = |kind, text: &str, location| Reason { kind, text: text.to_owned(), location };
    let check = |resource: Option<&str>, location, first, others| Undecided {
        rule: "SLP202".to_owned(),
        name: "sqs-visibility-below-6x".to_owned(),
        location,
        resource: resource.map(str::to_owned),
        first,
        others,
    };
    let limit = "parameter 'Limit' has no value";
    let undecided = vec![
        check(
            Some("Orders"),
            at(0, "Queue"),
            reason(ReasonKind::Import, "it is imported from another stack", at(0, "30")),
            vec![
                reason(ReasonKind::Parameter, limit, at(0, "900")),
                reason(ReasonKind::Parameter, limit, at(1, "!Ref Limit")),
            ],
        ),
        check(
            Some("OrdersQueue"),
            at(0, "OrdersQueue"),
            reason(ReasonKind::Parameter, limit, at(0, "30")),
            Vec::new(),
        ),
        check(
            None,
            at(0, "Resources"),
            reason(ReasonKind::Parameter, HOSTILE_TEXT, at(0, "Resources")),
            Vec::new(),
        ),
    ];
    let checked = Checked { sources: vec![template, nested], templates: 1, undecided, ..Checked::default() };
    Report { checked: vec![checked], rules: vec!["SLP202".to_owned()], ..Report::default() }
}

/// One template with one finding, at the first place of `needle` in `text`.
pub(super) fn one(text: &str, needle: &str) -> Report {
    let start = text.find(needle).unwrap();
    at(text, start..start + needle.len())
}

/// One template with one finding, at a range of `text`.
pub(super) fn at(text: &str, range: Range<usize>) -> Report {
    let source = Source::new("t.yaml", text);
    let location = Location { file: FileId::TEMPLATE, span: Span::new(range) };
    let finding = finding("Something is wrong", Label { location, message: "here".to_owned() });
    with_one(source, finding)
}

fn with_one(source: Source, finding: Finding) -> Report {
    let checked =
        Checked { sources: vec![source], templates: 1, findings: vec![finding], ..Checked::default() };
    Report { checked: vec![checked], rules: vec!["SLP202".to_owned()], ..Report::default() }
}

/// Text that would recolour a terminal, turn its own direction and command three kinds of build server.
pub(super) const HOSTILE_TEXT: &str =
    "::error::pwned ##[warning]x ##vso[task.setvariable]y \u{1b}[31m\0\u{7}\u{9b}2J\u{202e} ::set-output::z";
/// A file name that is no better.
pub(super) const HOSTILE_PATH: &str = "::error::x\u{1b}]8;;\u{7}\n##[endgroup]#?%/t.yaml";

/// A template that attacks whoever prints it, in each place that can hold its text.
pub(super) fn hostile() -> Report {
    let text = format!("{HOSTILE_TEXT}\n::warning::w \u{200f}\t##[x]\u{8} Target ##vso[z] \u{85}\n::end\n");
    let source = Source::new(HOSTILE_PATH, text);
    let finding = Finding {
        related: vec![label(&source, 0, "::warning", HOSTILE_TEXT)],
        path: vec![label(&source, 0, "::warning", HOSTILE_TEXT), label(&source, 0, "Target", HOSTILE_TEXT)],
        resource: Some(HOSTILE_TEXT.to_owned()),
        construct: Some(HOSTILE_TEXT.to_owned()),
        logical_path: format!("Resources/{HOSTILE_TEXT}"),
        condition: Some(format!("{HOSTILE_TEXT} is false")),
        help: Some(format!("{HOSTILE_TEXT}\n{HOSTILE_TEXT}")),
        ..finding(HOSTILE_TEXT, label(&source, 0, "Target", HOSTILE_TEXT))
    };
    Report {
        errors: vec![RunError { path: HOSTILE_PATH.to_owned(), message: HOSTILE_TEXT.to_owned() }],
        ..with_one(source, finding)
    }
}

/// Texts that attack: what each reader could obey, alone and beside what ends a value, a line or a quotation.
pub(super) fn attacks() -> Vec<String> {
    const COMMANDS: [&str; 9] = [
        "::set-output name=x::y",
        "##[error]x",
        "##vso[task.setvariable variable=x]y",
        "##VSO[x]",
        "<b onclick='x'>&amp;",
        "[x](https://evil.example \"t\")",
        "![x](//www.evil.example) @admins #1",
        "\u{1b}]8;;x\u{7}\u{9b}2J",
        "\u{202e}\u{200f}\u{2028}\u{85}",
    ];
    const ENDS: [&str; 12] =
        ["\n", "\r\n", "\r", "]]>", "-->", "\"", "|", "\\|", "`", "``` `", ",file=x::", ";code=x;]"];
    let pairs = COMMANDS.iter().flat_map(|command| ENDS.iter().map(move |end| (command, end)));
    let pairs = pairs.flat_map(|(command, end)| {
        [format!("x{end}{command}{end}y"), format!("{command}{end}"), format!("%25{end}%0A{command}")]
    });
    pairs.collect()
}

/// A path as services get it.
pub(super) fn address(path: &str) -> String {
    super::address::Address::of(path, &Style::default()).to_string()
}

/// One warning and one error of ours that have `text` wherever they can.
pub(super) fn attack(text: &str) -> Report {
    let source = Source::new(text, format!("{text}\nTarget\n"));
    let target = label(&source, 0, "Target", text);
    let finding = Finding {
        rule: format!("R {text}"),
        related: vec![target.clone()],
        path: vec![target.clone()],
        resource: Some(text.to_owned()),
        logical_path: text.to_owned(),
        condition: Some(format!("{text} is false")),
        help: Some(text.to_owned()),
        ..finding(text, target)
    };
    Report {
        rules: Vec::new(),
        errors: vec![RunError { path: text.to_owned(), message: text.to_owned() }],
        ..with_one(source, finding)
    }
}

/// A text with one `!`, and where that stands.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub(super) text: &'static str,
    pub(super) line: u32,
    pub(super) code_points: u32,
    pub(super) utf16: u32,
    pub(super) bytes: u32,
}

/// What makes columns hard: wide bytes, wide letters, surrogate pairs, tabs, line breaks, the byte-order mark.
pub(super) const COLUMNS: [Columns; 6] = [
    Columns { text: "k: é!\n", line: 1, code_points: 5, utf16: 5, bytes: 6 },
    Columns { text: "k: 漢字!\n", line: 1, code_points: 6, utf16: 6, bytes: 10 },
    Columns { text: "k: 😀!\n", line: 1, code_points: 5, utf16: 6, bytes: 8 },
    Columns { text: "{\n\t\t!\n}\n", line: 2, code_points: 3, utf16: 3, bytes: 3 },
    Columns { text: "a: 1\r\nb: !\r\n", line: 2, code_points: 4, utf16: 4, bytes: 4 },
    Columns { text: "\u{feff}a: !", line: 1, code_points: 4, utf16: 4, bytes: 4 },
];

impl Columns {
    /// A finding at the `!`.
    pub(super) fn report(&self) -> Report {
        one(self.text, "!")
    }

    /// The byte offset of the `!`.
    pub(super) fn offset(&self) -> usize {
        self.text.find('!').unwrap()
    }
}

/// A label at the first place of `needle`.
pub(super) fn label(source: &Source, file: u32, needle: &str, message: &str) -> Label {
    let start = source.text().find(needle).unwrap();
    let span = Span::new(start..start + needle.len());
    Label { location: Location { file: FileId(file), span }, message: message.to_owned() }
}

/// A finding of SLP202.
pub(super) fn finding(message: &str, primary: Label) -> Finding {
    Finding {
        rule: "SLP202".to_owned(),
        name: "sqs-visibility-below-6x".to_owned(),
        severity: Severity::Warning,
        confidence: Confidence::High,
        message: message.to_owned(),
        primary,
        related: Vec::new(),
        path: Vec::new(),
        members: Vec::new(),
        resource: None,
        construct: None,
        logical_path: String::new(),
        condition: None,
        help: None,
        fingerprint: "00112233445566778899aabbccddeeff".to_owned(),
    }
}
