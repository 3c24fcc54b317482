//! A file of parameters, in whichever of the forms that AWS's tools take; its shape tells.

use std::path::{Path, PathBuf};

use super::tree::{Data, Node};
use super::{Error, Pair, git_sync, is_same, list, map, text_file};

/// What a file of parameters gives.
pub(super) struct ParameterFile {
    pub(super) parameters: Vec<Pair>,
    /// The one template that it is for.
    only: Option<PathBuf>,
}

impl ParameterFile {
    /// Reads a file, which may say which of the `templates` it is for.
    pub(super) fn read(file: &str, templates: &[Option<&Path>]) -> Result<Self, Error> {
        let path = Path::new(file);
        let source = text_file::read(path)?;
        let root = Node::of_json_or_yaml(&source)?;
        let parameters = match &root.data {
            Data::List(items) => list::read(&source, items)?,
            Data::Map(_) if git_sync::is_one(&root) => {
                let deployment = git_sync::read(&source, &root, path, templates)?;
                return Ok(Self { parameters: deployment.parameters, only: deployment.template });
            }
            Data::Map(_) => map::read(&source, &root)?,
            Data::Nothing | Data::Text(_) => {
                return Err(Error::at(&source, root.span, "parameters are a map or a list"));
            }
        };
        Ok(Self { parameters, only: None })
    }

    /// Whether it is for the template at `path`.
    pub(super) fn is_for(&self, path: Option<&Path>) -> bool {
        self.only.as_ref().is_none_or(|only| is_same(only, path))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, Instant};

    use super::*;

    /// The parameters of a file with this text as `name=value|…`, or what is wrong with it.
    fn told(name: &str, text: impl AsRef<[u8]>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        match ParameterFile::read(&path.to_string_lossy(), &[]) {
            Ok(file) => file
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("|"),
            Err(error) => error.to_string().replace(&folder.path().to_string_lossy().replace('\\', "/"), ""),
        }
    }

    #[test]
    fn every_shape_that_awss_tools_take_is_read() {
        for text in [
            r#"[{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Zones", "ParameterValue": "a,b"}]"#,
            r#"{"Parameters": {"Env": "prod", "Zones": ["a", "b"]}, "Tags": {"x": "y"}, "StackPolicy": {}}"#,
            r#"{"Env": "prod", "Zones": "a,b"}"#,
            r#"["Env=prod", "Zones=a,b"]"#,
            r#"{"StackName": "x", "Parameters": [{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Zones", "ParameterValue": "a,b"}]}"#,
            "# Git sync\ntemplate-file-path: t.yaml\nparameters:\n  Env: prod\n  Zones: a,b\ntags: {x: y}\n",
            "parameters: {Env: prod, Zones: [a, b]}\n",
            "Env: prod\nZones: [a, b]\n",
            "\u{feff}Env: prod\r\nZones: a,b\r\n",
        ] {
            assert_eq!(told("p.json", text), "Env=prod|Zones=a,b", "{text}");
        }
    }

    #[test]
    fn numbers_and_truth_values_are_texts_as_they_are_written() {
        assert_eq!(
            told("p.yaml", "A: 0123\nB: 1.10\nC: True\nD: 'True'\nE: ''\n"),
            "A=0123|B=1.10|C=true|D=True|E="
        );
        assert_eq!(told("p.json", r#"{"A": 1.10, "B": true, "C": "=x"}"#), "A=1.10|B=true|C==x");
    }

    #[test]
    fn what_keeps_the_stacks_value_is_left_out() {
        let text = r#"[{"ParameterKey": "A", "UsePreviousValue": true}, {"ParameterKey": "B", "ParameterValue": "", "UsePreviousValue": false}]"#;
        assert_eq!(told("p.json", text), "B=");
    }

    #[test]
    fn an_empty_collection_gives_nothing() {
        for text in ["[]", "{}", "template-file-path: t.yaml\nparameters:\n", "{\"Parameters\": {}}"] {
            assert_eq!(told("p.yaml", text), "", "{text}");
        }
    }

    #[test]
    fn a_parameter_may_be_called_parameters() {
        assert_eq!(told("p.json", r#"{"Parameters": "x"}"#), "Parameters=x");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_its_value() {
        for (text, expected) in [
            ("[\n  {\"ParameterValue\": \"hunter2\"}]", "/p.json:2:3: this parameter has no ParameterKey"),
            ("[{\"ParameterKey\": \"A\"}]", "/p.json:1:2: parameter 'A' has no ParameterValue"),
            (
                "{\"A\": {\"hunter2\": \"hunter2\"}}",
                "/p.json:1:7: a parameter's value is a text, or a list of texts",
            ),
            ("{\"A\": null}", "/p.json:1:7: a parameter's value is a text, or a list of texts"),
            ("{\"A\": [[\"hunter2\"]]}", "/p.json:1:7: a parameter's value is a text, or a list of texts"),
            (
                "[1]",
                "/p.json:1:2: a parameter is written NAME=VALUE, with double quotes around a value that has blanks",
            ),
            ("{\n\"A\": hunter2}", "/p.json:2:6: this cannot be read as JSON or YAML"),
            ("parameters: [hunter2]\ntemplate-file-path: t", "/p.json:1:13: parameters must be a map"),
            ("hunter2", "/p.json:1:1: parameters are a map or a list"),
            ("", "/p.json:1:1: parameters are a map or a list"),
        ] {
            assert_eq!(told("p.json", text), expected, "{text}");
        }
        assert_eq!(told("p.json", [0xff, 0xfe]), "/p.json: is not UTF-8: save it as UTF-8");
        assert_eq!(
            told("p.json", " ".repeat(2 << 20)),
            "/p.json: is larger than 1 MiB, which no file of parameters is"
        );
        assert!(ParameterFile::read("nowhere.json", &[]).is_err());
    }

    #[test]
    fn hostile_files_end_soon() {
        let mut bomb = "A0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            bomb += &format!("A{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
        }
        let start = Instant::now();
        for text in [bomb, "[".repeat(500_000), "{\"a\":".repeat(100_000), "- ".repeat(400_000)] {
            assert!(told("p.yaml", text).contains(": "));
        }
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
