//! What the CDK notes in a resource's `Metadata`: the asset, a file or a folder beside the template, that one of its
//! properties stands for.

use super::{Resource, Template, ValueId};

/// A file or a folder that the CDK uploads at deployment, and that lies beside the template until then. Both are
/// values of the template, and so have their text and their place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asset {
    /// `aws:asset:path`: relative to the template's folder.
    pub path: ValueId,
    /// `aws:asset:property`: which property says where it will be (`TemplateURL`, `Code`, `BodyS3Location`).
    pub property: ValueId,
}

impl Template {
    /// The asset of a resource.
    pub(crate) fn asset_of(&self, resource: &Resource) -> Option<Asset> {
        let path = self.noted(resource, "aws:asset:path")?;
        let property = self.noted(resource, "aws:asset:property")?;
        Some(Asset { path, property })
    }

    /// The path of the file that will be uploaded to where a property says (`DefinitionS3Location`), relative to the
    /// template's folder.
    ///
    /// Not every construct notes its asset: a state machine's definition has none (`DefinitionBody.fromFile`). But the
    /// key in the bucket tells, for an asset is called by the hash of its bytes there and here.
    pub(crate) fn asset_path(&self, resource: &Resource, property: &str) -> Option<String> {
        let text = |value| self.values.text(value).map(|text| self.names.text(text));
        if let Some(asset) = self.asset_of(resource).filter(|asset| text(asset.property) == Some(property)) {
            return text(asset.path).map(str::to_owned);
        }
        let location = self.values.get(resource.properties?, self.names.find(property)?)?;
        let key = text(self.values.get(location, self.names.find("Key")?)?)?;
        self.folders[resource.origin.file.0 as usize].path_of_asset(key.rsplit('/').next()?)
    }

    /// The text that the CDK notes in a resource's metadata.
    fn noted(&self, resource: &Resource, key: &str) -> Option<ValueId> {
        let metadata = resource.attributes.get(&self.names.find("Metadata")?)?;
        let value = self.values.get(*metadata, self.names.find(key)?)?;
        self.values.text(value).map(|_| value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::template;

    #[test]
    fn an_asset_is_two_values_with_their_places() {
        let text = "Resources: {R: {Type: T, Metadata: {'aws:asset:path': n.json, 'aws:asset:property': TemplateURL}}}";
        let template = template(text);
        let asset = template.asset_of(&template.resources[0]).unwrap();
        let written = [asset.path, asset.property]
            .map(|value| template.sources[0].slice(template.values.origin(value).value).to_owned());
        assert_eq!(written, ["n.json", "TemplateURL"]);
    }

    #[test]
    fn half_a_note_is_none() {
        for metadata in [
            "{'aws:asset:path': a}",
            "{'aws:asset:property': Code}",
            "{'aws:asset:path': {Ref: A}, 'aws:asset:property': Code}",
            "a",
        ] {
            let template = template(&format!("Resources: {{R: {{Type: T, Metadata: {metadata}}}}}"));
            assert_eq!(template.asset_of(&template.resources[0]), None, "{metadata}");
        }
    }
}
