//! Documents as values that are written as block YAML, flow YAML or JSON, and that can be made smaller.

/// A value of a document.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A scalar as it is spelt.
    Scalar(String),
    /// A list.
    List(Vec<Entry>),
    /// A map.
    Map(Vec<(String, Entry)>),
    /// A value with a tag.
    Tagged(&'static str, Box<Entry>),
}

/// How a document is written down.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    /// Indented YAML.
    Block,
    /// YAML in brackets.
    Flow,
    /// JSON.
    Json,
}

/// A document and the way it is written.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// Its value.
    pub(crate) root: Entry,
    /// How it is written.
    pub(crate) style: Style,
}

impl Sheet {
    /// The text.
    pub(crate) fn written(&self) -> String {
        match self.style {
            Style::Block => {
                let mut text = String::new();
                self.root.write_block(0, &mut text);
                text.push('\n');
                text
            }
            Style::Flow => self.root.flow(),
            Style::Json => self.root.json(),
        }
    }

    /// The same with one thing less, in every way.
    pub(crate) fn smaller(&self) -> impl Iterator<Item = Self> + '_ {
        self.root.smaller().into_iter().map(|root| Self { root, style: self.style })
    }
}

impl Entry {
    fn write_block(&self, indent: usize, text: &mut String) {
        let margin = " ".repeat(indent);
        match self {
            Self::Map(entries) if !entries.is_empty() => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        text.push('\n');
                        text.push_str(&margin);
                    }
                    text.push_str(key);
                    text.push(':');
                    value.write_value(indent, text);
                }
            }
            Self::List(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push('\n');
                        text.push_str(&margin);
                    }
                    text.push('-');
                    match item {
                        Self::Map(_) | Self::List(_) => {
                            text.push(' ');
                            item.write_block(indent + 2, text);
                        }
                        Self::Scalar(_) | Self::Tagged(..) => item.write_value(indent, text),
                    }
                }
            }
            _ => self.write_value(indent, text),
        }
    }

    /// Behind a key's colon.
    fn write_value(&self, indent: usize, text: &mut String) {
        let below = |value: &Self, text: &mut String| {
            text.push('\n');
            text.push_str(&" ".repeat(indent + 2));
            value.write_block(indent + 2, text);
        };
        match self {
            Self::Map(entries) if !entries.is_empty() => below(self, text),
            Self::List(items) if !items.is_empty() => below(self, text),
            Self::Map(_) => text.push_str(" {}"),
            Self::List(_) => text.push_str(" []"),
            Self::Tagged(tag, value) => {
                text.push(' ');
                text.push_str(tag);
                value.write_value(indent, text);
            }
            Self::Scalar(scalar) if scalar.is_empty() => {}
            Self::Scalar(scalar) => {
                text.push(' ');
                text.push_str(&scalar.replace('\n', &format!("\n{}", " ".repeat(indent))));
            }
        }
    }

    fn flow(&self) -> String {
        match self {
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{key}: {}", value.flow()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::flow).collect::<Vec<_>>().join(", "))
            }
            Self::Tagged(tag, value) => format!("{tag} {}", value.flow()),
            Self::Scalar(scalar) if scalar.contains('\n') || scalar.is_empty() || scalar == "-" => {
                "''".to_owned()
            }
            Self::Scalar(scalar) => scalar.clone(),
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("\"{key}\": {}", value.json()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::json).collect::<Vec<_>>().join(", "))
            }
            Self::Tagged(_, value) => value.json(),
            Self::Scalar(scalar) => match serde_json::from_str::<serde_json::Value>(scalar) {
                Ok(_) => scalar.clone(),
                Err(_) => serde_json::Value::String(scalar.trim_matches('\'').to_owned()).to_string(),
            },
        }
    }

    fn smaller(&self) -> Vec<Entry> {
        let mut smaller = Vec::new();
        match self {
            Self::Map(entries) => {
                for at in 0..entries.len() {
                    let mut rest = entries.clone();
                    rest.remove(at);
                    smaller.push(Self::Map(rest));
                }
                for (at, (_, value)) in entries.iter().enumerate() {
                    for value in value.smaller() {
                        let mut changed = entries.clone();
                        changed[at].1 = value;
                        smaller.push(Self::Map(changed));
                    }
                }
            }
            Self::List(items) => {
                for at in 0..items.len() {
                    let mut rest = items.clone();
                    rest.remove(at);
                    smaller.push(Self::List(rest));
                }
                for (at, item) in items.iter().enumerate() {
                    for item in item.smaller() {
                        let mut changed = items.clone();
                        changed[at] = item;
                        smaller.push(Self::List(changed));
                    }
                }
            }
            Self::Tagged(_, value) => smaller.push((**value).clone()),
            Self::Scalar(_) => {}
        }
        smaller
    }
}
