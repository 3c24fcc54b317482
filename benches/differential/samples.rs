//! Random documents: small templates and free-form ones, with scalars of every spelling.

use crate::documents::{Entry, Sheet, Style};
use crate::random::Random;

const SCALARS: &[&str] = &[
    "0",
    "1",
    "2",
    "5",
    "42",
    "-3",
    "007",
    "0x1F",
    "0o17",
    "1_000",
    "+5",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "1.0",
    "2.5",
    "-0.5",
    "1e3",
    "5.",
    ".5",
    "1.5e-3",
    ".inf",
    "-.inf",
    ".nan",
    "true",
    "false",
    "True",
    "TRUE",
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Yes",
    "null",
    "NULL",
    "Null",
    "~",
    "",
    "abc",
    "'abc'",
    "\"abc\"",
    "'5'",
    "\"\"",
    "''",
    "a b",
    "\"a\\tb\"",
    "'it''s'",
    "2020-01-01",
    "\"2020-01-01T00:00:00Z\"",
    "12:30:45",
    "arn:aws:s3:::bucket",
    "x",
    "'x'",
    "Abc",
    "a%20b",
    "'{\"a\": [1, \"x\"]}'",
    "'[1, 2]'",
    "1.2.3",
    "=",
    "<<",
    "é",
    "'ß x'",
];
/// cfn-guard cannot report on a value with these in it.
const ENDLESS: &[&str] = &["inf", "nan", "-infinity"];
const USUAL: &[&str] =
    &["1", "2", "5", "42", "1.0", "2.5", "true", "false", "abc", "'abc'", "x", "'5'", "null", "''", "a b"];
const BLOCKS: &[&str] = &["|\n  one\n  two", ">-\n  one\n  two", "|-\n  5"];
const KEYS: &[&str] = &[
    "a",
    "b",
    "c",
    "name",
    "Name",
    "items",
    "Item",
    "Items",
    "securityGroupId",
    "SecurityGroupIds",
    "list_of",
    "some-key",
    "Status",
    "Data",
    "x1",
    "k",
    "Policies",
];
const TYPES: &[&str] = &["AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::SQS::Queue", "Custom::Thing"];
const PROPERTIES: &[&str] = &[
    "BucketName",
    "Tags",
    "Timeout",
    "MemorySize",
    "Enabled",
    "Policies",
    "SecurityGroupIds",
    "SecurityGroupId",
    "Items",
    "Environment",
    "Events",
    "Ports",
    "Nested",
    "Ratio",
    "Name",
    "Role",
    "Text",
];

impl Sheet {
    /// A random document.
    pub(crate) fn random(random: &mut Random) -> Self {
        let root = if random.percent(60) { template(random) } else { map(random, 3) };
        Self { root, style: style(random) }
    }

    /// The same with a few things changed.
    pub(crate) fn variant(&self, random: &mut Random) -> Self {
        let mut root = self.root.clone();
        for _ in 0..random.between(1, 4) {
            change(&mut root, random);
        }
        Self { root, style: style(random) }
    }
}

fn style(random: &mut Random) -> Style {
    *random.pick(&[Style::Block, Style::Block, Style::Flow, Style::Json])
}

fn scalar(random: &mut Random) -> Entry {
    let among = match random.below(1000) {
        0..2 => ENDLESS,
        2..700 => USUAL,
        _ => SCALARS,
    };
    Entry::Scalar(random.word(among).to_owned())
}

fn of_these(random: &mut Random, among: &[&'static str]) -> Entry {
    if random.percent(12) { scalar(random) } else { Entry::Scalar(random.word(among).to_owned()) }
}

fn any(random: &mut Random, depth: usize) -> Entry {
    match random.below(100) {
        _ if depth == 0 => scalar(random),
        0..45 => scalar(random),
        45..50 => Entry::Scalar(random.word(BLOCKS).to_owned()),
        50..72 => map(random, depth - 1),
        72..92 => list(random, depth - 1),
        92..96 => Entry::List(Vec::new()),
        96..98 => Entry::Map(Vec::new()),
        _ => intrinsic(random),
    }
}

fn map(random: &mut Random, depth: usize) -> Entry {
    let mut entries: Vec<(String, Entry)> = Vec::new();
    for _ in 0..random.between(1, 5) {
        let key = random.word(KEYS);
        if entries.iter().all(|(known, _)| known != key) || random.percent(5) {
            let value = any(random, depth);
            entries.push((key.to_owned(), value));
        }
    }
    Entry::Map(entries)
}

fn list(random: &mut Random, depth: usize) -> Entry {
    let length = random.between(1, 4);
    if random.percent(50) {
        return Entry::List((0..length).map(|_| scalar(random)).collect());
    }
    Entry::List((0..length).map(|_| any(random, depth)).collect())
}

fn intrinsic(random: &mut Random) -> Entry {
    let scalar = |text: &str| Entry::Scalar(text.to_owned());
    match random.below(8) {
        0 => Entry::Tagged("!Ref", Box::new(scalar("Queue"))),
        1 => Entry::Tagged("!Sub", Box::new(scalar("'${A}-x'"))),
        2 => Entry::Tagged("!GetAtt", Box::new(scalar("A.Arn"))),
        3 => Entry::Tagged(
            "!Join",
            Box::new(Entry::List(vec![scalar("'-'"), Entry::List(vec![scalar("a"), scalar("b")])])),
        ),
        4 => Entry::Map(vec![("Ref".to_owned(), scalar("Queue"))]),
        5 => Entry::Map(vec![("Fn::Sub".to_owned(), scalar("'${A}-x'"))]),
        6 => {
            let numbers = ["!!int", "!!float"];
            let others = ["!Cidr", "!!str", "!!bool", "!!null", "!Base64", "!Foo", "!If"];
            // A number's tag on what is none makes the document none.
            let tag = if random.percent(30) { random.word(&numbers) } else { random.word(&others) };
            let value = if tag.starts_with("!!") {
                Entry::Scalar(random.word(&["5", "'5'", "7"]).to_owned())
            } else {
                of_these(random, &["5", "'5'", "true", "abc"])
            };
            Entry::Tagged(tag, Box::new(value))
        }
        _ => {
            let tags = ["!If", "!Select", "!Cidr", "!And", "!Sub", "!Base64", "!Not"];
            let tag = random.word(&tags);
            let value = list(random, 1);
            Entry::Tagged(tag, Box::new(value))
        }
    }
}

fn template(random: &mut Random) -> Entry {
    let mut resources = Vec::new();
    for id in ["A", "B", "Queue", "Fn"].iter().take(random.between(1, 4)) {
        let mut properties = Vec::new();
        for name in PROPERTIES {
            if random.percent(45) {
                let value = property(random, name);
                properties.push(((*name).to_owned(), value));
            }
        }
        let mut resource = vec![("Type".to_owned(), of_type(random))];
        if random.percent(92) {
            resource.push(("Properties".to_owned(), Entry::Map(properties)));
        }
        if random.percent(20) {
            let rules = Entry::List(vec![Entry::Scalar("R1".to_owned()), Entry::Scalar("R2".to_owned())]);
            let guard = Entry::Map(vec![("SuppressedRules".to_owned(), rules)]);
            resource.push(("Metadata".to_owned(), Entry::Map(vec![("guard".to_owned(), guard)])));
        }
        resources.push(((*id).to_owned(), Entry::Map(resource)));
    }
    let mut root = vec![("Resources".to_owned(), Entry::Map(resources))];
    if random.percent(30) {
        root.insert(0, ("AWSTemplateFormatVersion".to_owned(), Entry::Scalar("2010-09-09".to_owned())));
    }
    if random.percent(20) {
        root.push(("Parameters".to_owned(), map(random, 1)));
    }
    Entry::Map(root)
}

fn of_type(random: &mut Random) -> Entry {
    Entry::Scalar(random.word(TYPES).to_owned())
}

fn property(random: &mut Random, name: &str) -> Entry {
    let tag = |random: &mut Random| {
        let key = of_these(random, &["env", "team", "cost"]);
        let value = of_these(random, &["prod", "dev", "x"]);
        Entry::Map(vec![("Key".to_owned(), key), ("Value".to_owned(), value)])
    };
    match name {
        _ if random.percent(8) => any(random, 2),
        _ if random.percent(5) => intrinsic(random),
        "Tags" => Entry::List((0..random.below(4)).map(|_| tag(random)).collect()),
        "Timeout" | "MemorySize" => of_these(random, &["3", "30", "128", "900"]),
        "Enabled" => of_these(random, &["true", "false"]),
        "Ratio" => of_these(random, &["0.5", "2.5", "1.0"]),
        "Ports" => {
            Entry::List((0..random.below(4)).map(|_| of_these(random, &["22", "80", "443"])).collect())
        }
        "SecurityGroupIds" | "Policies" | "Items" => {
            Entry::List((0..random.below(4)).map(|_| of_these(random, &["sg-1", "sg-2", "x"])).collect())
        }
        "Nested" => Entry::List((0..random.below(3)).map(|_| list(random, 1)).collect()),
        "Environment" => Entry::Map(vec![("Variables".to_owned(), map(random, 1))]),
        "Events" => Entry::List((0..random.between(1, 3)).map(|_| map(random, 1)).collect()),
        "Text" => {
            of_these(random, &["'{\"a\": [1, \"x\"]}'", "'2020-01-01T00:00:00Z'", "a%20b", "'12'", "'true'"])
        }
        _ => of_these(random, &["name", "Bucket-1", "x", "arn:aws:s3:::bucket"]),
    }
}

/// Changes one place somewhere in a value.
fn change(entry: &mut Entry, random: &mut Random) {
    let is_deep = random.percent(75);
    match entry {
        Entry::Map(entries) if is_deep && !entries.is_empty() => {
            let at = random.below(entries.len());
            change(&mut entries[at].1, random);
        }
        Entry::List(items) if is_deep && !items.is_empty() => {
            let at = random.below(items.len());
            change(&mut items[at], random);
        }
        Entry::Map(entries) if entries.len() > 1 => {
            let at = random.below(entries.len());
            entries.remove(at);
        }
        Entry::List(items) => {
            if items.is_empty() || random.percent(40) {
                items.push(any(random, 1));
            } else {
                let at = random.below(items.len());
                items.remove(at);
            }
        }
        Entry::Map(_) | Entry::Scalar(_) | Entry::Tagged(..) => *entry = any(random, 1),
    }
}
