//! Queries, filters and function calls, as an author writes them: a walk through the document.

use crate::author::{Author, Found, Place, Variable};
use crate::documents::Entry;
use crate::pieces::{Piece, optional, several, simpler, text};

/// A step, a value that it leads to, and whether a filter may follow it.
struct Stepped {
    piece: Piece,
    next: Option<Entry>,
    may_filter: bool,
}

impl Author<'_> {
    /// A query from a value, and a value that it finds.
    /// Only left of an operator may it begin with a key in quotes.
    pub(crate) fn query(&mut self, root: &Entry, is_left: bool) -> Found {
        let some = if self.random.percent(14) {
            optional(text(self.random.word(&["some ", "SOME "])))
        } else {
            text("")
        };
        let (start, mut value, mut may_filter) = self.start(root, is_left);
        let mut steps = Vec::new();
        let longest = if self.random.percent(15) { 0 } else { self.random.between(1, 6) };
        for _ in 0..longest {
            let Some(step) = self.step(value.as_ref(), may_filter) else { break };
            steps.push(step.piece);
            value = step.next;
            may_filter = step.may_filter;
        }
        (Piece::Whole(vec![some, start, several(steps, "", 0)]), value)
    }

    fn start(&mut self, root: &Entry, is_left: bool) -> (Piece, Option<Entry>, bool) {
        if !self.variables.is_empty() && self.random.percent(28) {
            let Variable { name, sample } = self.random.pick(&self.variables).clone();
            let is_quoted = is_left && self.random.percent(2);
            return (text(if is_quoted { format!("'%{name}'") } else { format!("%{name}") }), sample, true);
        }
        match self.random.below(100) {
            0 if self.random.percent(4) => (text("%nowhere"), None, true),
            0..6 => (text(self.random.word(&["this", "THIS"])), Some(root.clone()), false),
            6..9 => (
                text(if is_left { self.random.word(&["Missing", "'Some Key'"]) } else { "Missing" }),
                None,
                false,
            ),
            _ => match root {
                Entry::Map(entries) if !entries.is_empty() => {
                    let (key, value) = self.random.pick(entries).clone();
                    let (key, value) = if is_left { self.key(&key, value) } else { (key, Some(value)) };
                    let is_plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
                    (text(if is_plain || is_left { key } else { "this".to_owned() }), value, true)
                }
                Entry::Map(_) | Entry::List(_) | Entry::Scalar(_) | Entry::Tagged(..) => {
                    (text("this"), Some(root.clone()), false)
                }
            },
        }
    }

    /// A key as it is, quoted, or spelt otherwise.
    fn key(&mut self, key: &str, value: Entry) -> (String, Option<Entry>) {
        let is_plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let quote = self.random.percent(8) || !is_plain;
        let spelt = if self.random.percent(7) { self.respelt(key) } else { key.to_owned() };
        let spelt = if quote { self.random.word(&["'", "\""]).to_owned() + &spelt } else { spelt };
        let close: String =
            spelt.chars().next().filter(|first| !first.is_alphanumeric()).into_iter().collect();
        (spelt + &close, Some(value))
    }

    fn respelt(&mut self, key: &str) -> String {
        match self.random.below(6) {
            0 => key.to_lowercase(),
            1 => key.to_uppercase(),
            2 => format!("{key}s"),
            3 => key.trim_end_matches('s').to_owned(),
            4 => {
                let mut letters = key.chars();
                let first = letters.next().map(|first| {
                    if first.is_uppercase() { first.to_ascii_lowercase() } else { first.to_ascii_uppercase() }
                });
                first.into_iter().chain(letters).collect()
            }
            _ => {
                let mut snake = String::new();
                for letter in key.chars() {
                    if letter.is_uppercase() && !snake.is_empty() {
                        snake.push('_');
                    }
                    snake.push(letter.to_ascii_lowercase());
                }
                snake
            }
        }
    }

    fn step(&mut self, value: Option<&Entry>, may_filter: bool) -> Option<Stepped> {
        let stepped = |piece, next, may_filter| Some(Stepped { piece, next, may_filter });
        let filter_chance = if may_filter { 100 } else { 1 };
        match (value, self.random.below(100)) {
            (Some(value), 0..14) if self.depth < 4 && self.random.percent(filter_chance) => {
                let (piece, next) = self.filter(value);
                stepped(piece, next, false)
            }
            (Some(Entry::Map(entries)), draw) if !entries.is_empty() => {
                let (key, child) = self.random.pick(entries).clone();
                match draw {
                    0..30 => stepped(
                        text(self.random.word(&[".*", ".*", ".*", "[*]", "[ n ]"])),
                        Some(child),
                        true,
                    ),
                    30..35 => {
                        let (piece, next) = self.keys_filter(&key, child);
                        stepped(piece, next, false)
                    }
                    35..39 if !self.variables.is_empty() => stepped(self.computed_key(), Some(child), false),
                    39..42 => stepped(text(format!("['{key}']")), Some(child), true),
                    42..44 => stepped(text(self.random.word(&["[0]", ".0", ".nothing", "[-1]"])), None, true),
                    _ => {
                        let (key, child) = self.key(&key, child);
                        stepped(text(format!(".{key}")), child, true)
                    }
                }
            }
            (Some(Entry::List(items)), draw) if !items.is_empty() => {
                let at = self.random.below(items.len());
                let item = Some(items[at].clone());
                match draw {
                    0..55 => stepped(text(self.random.word(&["[*]", "[*]", "[*]", ".*", "[n]"])), item, true),
                    55..62 => stepped(text(format!("[{at}]")), item, false),
                    62..66 => stepped(text(format!(".{at}")), item, false),
                    66..72 => stepped(text(self.random.word(&["[-1]", "[9 ]", "[-2]", ".-1"])), item, false),
                    72..75 => stepped(text(self.random.word(&[".Key", ".'0'", "['0']"])), None, false),
                    _ => None,
                }
            }
            (Some(_), 0..4) => {
                stepped(text(self.random.word(&["[*]", ".*", "[0]", ".x"])), value.cloned(), true)
            }
            (None, 0..30) => stepped(text(self.random.word(&[".x", "[*]", ".*", "[0]"])), None, true),
            _ => None,
        }
    }

    /// A filter over the members of a value.
    fn filter(&mut self, value: &Entry) -> Found {
        let member = match value {
            Entry::Map(entries) if !entries.is_empty() && self.random.percent(50) => {
                self.random.pick(entries).1.clone()
            }
            Entry::List(items) if !items.is_empty() => self.random.pick(items).clone(),
            Entry::Map(_) | Entry::List(_) | Entry::Scalar(_) | Entry::Tagged(..) => value.clone(),
        };
        let capture = if self.random.percent(8) {
            self.names += 1;
            let name = format!("c{}", self.names);
            // Before the query has run, the variable is an error.
            if self.random.percent(25) {
                let sample = Some(Entry::Scalar("'A'".to_owned()));
                self.variables.insert(0, Variable { name: name.clone(), sample });
            }
            optional(text(format!(" {name} |")))
        } else {
            text("")
        };
        self.depth += 2;
        let count = self.random.between(1, 2);
        let clauses = (0..count).map(|_| self.any_of(&member, Place::Filter)).collect();
        self.depth -= 2;
        (
            Piece::Whole(vec![text("["), capture, text(" "), several(clauses, "\n ", 1), text(" ]")]),
            Some(member),
        )
    }

    fn keys_filter(&mut self, key: &str, child: Entry) -> Found {
        let operator = self.random.word(&["==", "==", "!=", "in", "not in", "IN"]);
        let variable =
            self.variables.last().map_or_else(|| "%nowhere".to_owned(), |known| format!("%{}", known.name));
        let right = match self.random.below(10) {
            0..4 => format!("'{key}'"),
            4..6 => format!("/{}/", key.chars().take(2).collect::<String>().replace(['/', '\\'], ".")),
            6..8 => format!("['{key}', 'other']"),
            8 => variable,
            _ => self.random.word(&["5", "'x'", "[]", "[/^A/, /s$/]", "null", "Type"]).to_owned(),
        };
        (text(format!("[ keys {operator} {right} ]")), Some(child))
    }

    fn computed_key(&mut self) -> Piece {
        let is_key = |known: &&Variable| matches!(&known.sample, Some(Entry::Scalar(text)) if text.parse::<f64>().is_err());
        let names: Vec<String> =
            self.variables.iter().filter(is_key).map(|known| known.name.clone()).collect();
        let name = if names.is_empty() || self.random.percent(2) {
            self.variables.first().map_or_else(|| "nowhere".to_owned(), |known| known.name.clone())
        } else {
            self.random.pick(&names).clone()
        };
        let index = if self.random.percent(20) { "[0]" } else { "" };
        let name = if self.random.percent(5) { format!("'%{name}'") } else { format!("%{name}") };
        text(format!(".{name}{index}"))
    }

    /// A function call, and a value that it may give.
    pub(crate) fn function(&mut self, root: &Entry) -> Found {
        let (first, sample) = match self.random.below(10) {
            0 => {
                let sample = self.somewhere(root);
                (self.literal(Some(&sample)), Some(sample))
            }
            1 if self.depth < 6 => {
                self.depth += 3;
                let found = self.function(root);
                self.depth -= 3;
                found
            }
            _ => self.query(root, false),
        };
        let scalar = |text: &str| Some(Entry::Scalar(text.to_owned()));
        let name = self.random.word(&[
            "count",
            "count",
            "join",
            "regex_replace",
            "substring",
            "to_lower",
            "to_upper",
            "url_decode",
            "json_parse",
            "parse_int",
            "parse_float",
            "parse_string",
            "parse_boolean",
            "parse_char",
            "parse_epoch",
        ]);
        let (rest, result): (&[&str], _) = match name {
            "count" | "json_parse" => (&[""], scalar("1")),
            "join" => (&[", ','", ", ''", ", \"--\"", ", 5"], sample),
            "regex_replace" => {
                let patterns = &[
                    ", 'a(.*)', 'b${1}'",
                    ", \"^(\\w)\", \"$1-\"",
                    ", '[', 'x'",
                    ", 'x', ''",
                    ", '.', '$0$0'",
                    ", 5, 'x'",
                ];
                (patterns, sample)
            }
            "substring" => {
                (&[", 0, 1", ", 1, 3", ", 2, 1", ", 0, 99", ", 1.5, 2", ", -1, 2", ", 'a', 2"], sample)
            }
            "parse_boolean" => (&[""], scalar("true")),
            "parse_epoch" => (&[""], scalar("1577836800")),
            _ => (&[""], sample),
        };
        let rest = self.random.word(rest);
        let call = Piece::Whole(vec![text(format!("{name}(")), first, text(format!("{rest})"))]);
        (simpler(call, text("count(Nothing)")), result)
    }
}
