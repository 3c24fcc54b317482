//! The adapter over `granit-parser`: its events become a tape with exact spans, and nothing else knows that it is there.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, StructureStyle};
use rustc_hash::FxHashMap;

use super::builder::{AliasFault, Builder, Collection, Place};
use super::complaint::{Complaint, Scene, line_start};
use super::{NodeId, Read, SyntaxError, shortened};
use crate::source::Span;

/// What one pass over a text gave.
pub(super) struct Attempt {
    /// What stands before the fatal error, or all.
    pub(super) read: Read,
    /// The error behind which the parser does not go on.
    pub(super) fatal: Option<Complaint>,
}

/// How deep the later lines of a text in quotes or brackets must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Indentation {
    /// At any depth, as libyaml has it, with which cfn-lint reads the same files: published templates rely on it.
    AsLibyaml,
    /// Deeper than what is around them, as YAML 1.2 has it.
    Strict,
}

/// Reads `shown`, which is `text` or as long as `text` with some of its lines blanked out.
pub(super) fn attempt(text: &Arc<str>, shown: &str, indentation: Indentation) -> Attempt {
    let mut adapter = Adapter {
        text,
        shown,
        builder: Builder::new(Arc::clone(text)),
        styles: Vec::new(),
        anchors: FxHashMap::default(),
        newest: None,
        is_overgrown: false,
        last: 0,
    };
    let mut fatal = None;
    for event in Parser::new_from_str_with_options(shown, options(indentation)) {
        match event {
            Ok((event, span)) => {
                if adapter.read(event, span).is_break() {
                    break;
                }
            }
            Err(error) => {
                fatal = Some(adapter.fatal(&error));
                break;
            }
        }
    }
    Attempt { read: adapter.builder.finish(adapter.last), fatal }
}

fn options(indentation: Indentation) -> Options {
    granit_parser::options! {
        strict_indentation: indentation == Indentation::Strict,
        emit_comments: true,
        // Each comment is a few bytes; the default of 96 in a row would make a long licence header an error.
        max_buffered_comment_events: 1 << 20,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        // As libyaml does, with which cfn-lint reads the same files.
        block_scalar_eof_without_line_feed: true,
        bom_inside_document_as_content: true,
    }
}

struct Adapter<'t> {
    /// The text as the author wrote it, from which scalars are cut.
    text: &'t str,
    /// The text as the parser sees it.
    shown: &'t str,
    builder: Builder,
    /// The style of each open collection.
    styles: Vec<StructureStyle>,
    anchors: FxHashMap<usize, NodeId>,
    /// The node of the event before; `None` before the first.
    newest: Option<NodeId>,
    /// An alias that makes the document too large was told; the others would say the same.
    is_overgrown: bool,
    /// The end of the last token that became a node: a block collection ends here, whatever blanks follow.
    last: usize,
}

impl Adapter<'_> {
    fn read(&mut self, event: Event<'_>, span: granit_parser::Span) -> ControlFlow<()> {
        let range = span.byte_range().unwrap_or(self.last..self.last);
        let tag = span.tag_span().and_then(|tag| tag.byte_range());
        match event {
            Event::Scalar(text, style, anchor, resolved_tag) => {
                let is_string = resolved_tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let span = self.scalar_span(range, style, tag.is_some() || anchor != 0);
                self.last = self.last.max(span.end as usize);
                let is_empty_plain = style == ScalarStyle::Plain && span.is_empty();
                // granit writes an empty value as `~`.
                let text = if is_empty_plain { "" } else { &*text };
                self.scalar(span, text, style, is_string);
                self.properties(tag, anchor);
            }
            Event::SequenceStart(style, anchor, _) => {
                let mut start = range.start;
                if style == StructureStyle::Block && self.builder.place() == Place::Value {
                    // A sequence no deeper than its key starts, for granit, at the content of its first item.
                    start = self.skip(self.last, b":!&").min(start);
                }
                self.open(start, range.end, Collection::Sequence, style);
                self.properties(tag, anchor);
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(range.start, range.end, Collection::Mapping, style);
                self.properties(tag, anchor);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if self.styles.pop() == Some(StructureStyle::Flow) {
                    self.last = range.end;
                }
                self.builder.close(self.last);
            }
            Event::Alias(anchor) => self.alias(Span::new(range), anchor),
            Event::UnresolvedAlias(name) => self.unknown_alias(Span::new(range), &name),
            Event::Anchor(..) => {
                if let Some(node) = self.newest {
                    self.builder.anchor(node, Span::new(range));
                }
            }
            Event::Comment(..) => self.builder.comment(Span::new(range)),
            Event::DocumentStart(..) if self.newest.is_some() => {
                self.builder.error(SyntaxError {
                    span: Span::new(range),
                    message: "A second YAML document starts here, and only the first is read".to_owned(),
                    help: Some("Keep one template per file: CloudFormation reads no more".to_owned()),
                });
                return ControlFlow::Break(());
            }
            Event::DocumentStart(..) => self.last = range.end,
            // `Event` is granit's and may grow; the streams' and documents' ends hold no nodes.
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn scalar(&mut self, span: Span, text: &str, style: ScalarStyle, is_string: bool) {
        let is_plain = style == ScalarStyle::Plain && !is_string;
        let inner = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                Span { start: span.start + 1, end: span.end.saturating_sub(1).max(span.start + 1) }
            }
            ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => span,
        };
        self.newest = Some(if self.text.get(inner.range()) == Some(text) {
            self.builder.written_scalar(span, inner, is_plain)
        } else {
            let from = self.builder.decoded().len();
            self.builder.decoded().push_str(text);
            self.builder.decoded_scalar(span, from, is_plain)
        });
    }

    fn scalar_span(&self, range: Range<usize>, style: ScalarStyle, has_properties: bool) -> Span {
        let span = match style {
            // granit says where the first line of the content starts, and where the next token does.
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let header = self.skip(self.last, b":-?!&").min(range.start);
                let header_end =
                    header + run(&self.shown.as_bytes()[header..], |byte| !byte.is_ascii_whitespace());
                let body = &self.shown.as_bytes()[header_end.min(range.end)..range.end];
                let blank = run(body.iter().rev(), |byte| byte.is_ascii_whitespace());
                header..(range.end - blank).max(header_end)
            }
            // granit puts an empty value before its indicator.
            ScalarStyle::Plain if range.is_empty() => {
                let indicators: &[u8] = match self.builder.place() {
                    Place::Item => b"-,",
                    Place::Key => b"?,",
                    Place::Value => b":",
                    Place::Root => b"",
                };
                let at = self.skip(self.last, b"");
                let is_indicated =
                    self.shown.as_bytes().get(at).is_some_and(|byte| indicators.contains(byte));
                let after = if is_indicated { at + 1 } else { self.last };
                let at = if has_properties { self.after_properties(after) } else { after };
                at..at
            }
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => range,
        };
        Span::new(span)
    }

    fn open(&mut self, start: usize, end: usize, opened: Collection, style: StructureStyle) {
        self.newest = Some(self.builder.open(start, opened));
        self.styles.push(style);
        self.last = match style {
            StructureStyle::Flow => end,
            StructureStyle::Block => start.max(self.last),
        };
    }

    fn properties(&mut self, tag: Option<Range<usize>>, anchor: usize) {
        let Some(node) = self.newest else { return };
        if let Some(tag) = tag {
            self.builder.tag(node, Span::new(tag));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
    }

    fn alias(&mut self, span: Span, anchor: usize) {
        self.last = span.end as usize;
        let Some(target) = self.anchors.get(&anchor) else {
            self.newest = Some(self.builder.broken_alias(span));
            return;
        };
        let (alias, fault) = self.builder.alias(span, *target);
        self.newest = Some(alias);
        let (message, help) = match fault {
            None => return,
            Some(AliasFault::ExpandsTooFar) if self.is_overgrown => return,
            Some(AliasFault::IsCyclic) => ("stands inside what it refers to", "Write out what is meant here"),
            Some(AliasFault::ExpandsTooFar) => {
                self.is_overgrown = true;
                ("makes the document too large or too deep", "Write the template with fewer aliases")
            }
        };
        let name = shortened(self.text.get(span.range()).unwrap_or_default());
        let message = format!("Alias `{name}` {message}");
        self.builder.error(SyntaxError { span, message, help: Some(help.to_owned()) });
    }

    fn unknown_alias(&mut self, span: Span, name: &str) {
        self.last = span.end as usize;
        self.newest = Some(self.builder.broken_alias(span));
        let name = shortened(name);
        self.builder.error(SyntaxError {
            span,
            message: format!("Alias `*{name}` has no anchor `&{name}` before it"),
            help: Some(format!("Quote it if it is meant as text: '*{name}'")),
        });
    }

    fn fatal(&self, error: &ScanError) -> Complaint {
        let at = error.marker().byte_offset().unwrap_or(self.last);
        let newest = self.newest.map(|node| self.builder.span(node));
        let is_in_newest = newest.is_some_and(|newest| newest.end as usize > line_start(self.shown, at));
        let scene = Scene {
            text: self.shown,
            at,
            bracket: self
                .builder
                .innermost()
                .map(|(_, start)| start)
                .filter(|_| self.styles.last() == Some(&StructureStyle::Flow)),
            token: match newest {
                Some(newest) if is_in_newest => newest.start as usize,
                Some(_) | None => self.skip(self.last, b":-?!&,[{"),
            },
        };
        scene.complaint(error.kind())
    }

    /// The first byte from `from` on that is no blank, no line break, in no comment and none of `indicators`;
    /// `!` and `&` among these stand for whole tags and anchors.
    fn skip(&self, from: usize, indicators: &[u8]) -> usize {
        let mut at = from;
        while let Some(byte) = self.shown.as_bytes().get(at) {
            at += match byte {
                b' ' | b'\t' | b'\r' | b'\n' => 1,
                b'#' => run(&self.shown.as_bytes()[at..], |byte| !matches!(byte, b'\r' | b'\n')),
                b'!' | b'&' if indicators.contains(byte) => {
                    run(&self.shown.as_bytes()[at..], is_property_byte)
                }
                _ if indicators.contains(byte) => 1,
                _ => break,
            };
        }
        at
    }

    /// The end of the tag and anchor that follow `from`, or `from`.
    fn after_properties(&self, from: usize) -> usize {
        let mut end = from;
        loop {
            let at = self.skip(end, b"");
            if !matches!(self.shown.as_bytes().get(at), Some(b'!' | b'&')) {
                return end;
            }
            end = at + run(&self.shown.as_bytes()[at..], is_property_byte);
        }
    }
}

fn is_property_byte(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

/// How many of `bytes` from the first on are as `is_part` says.
fn run<'b>(bytes: impl IntoIterator<Item = &'b u8>, is_part: impl Fn(u8) -> bool) -> usize {
    bytes.into_iter().take_while(|byte| is_part(**byte)).count()
}
