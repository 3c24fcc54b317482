//! What the CDK notes in a resource's `Metadata`: the construct that it comes from, and the asset, a file or a folder
//! beside the template, that one of its properties stands for.

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
    /// The construct that a resource comes from: `ShopStack/Orders`.
    pub(crate) fn construct_of(&self, resource: &Resource) -> Option<&str> {
        let path = self.noted(resource, "aws:cdk:path")?;
        construct_of_path(self.names.text(self.values.text(path)?))
    }

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
        self.folder_of(resource.origin.file).path_of_asset(key.rsplit('/').next()?)
    }

    /// The text that the CDK notes in a resource's metadata.
    fn noted(&self, resource: &Resource, key: &str) -> Option<ValueId> {
        let metadata = resource.attributes.get(&self.names.find("Metadata")?)?;
        let value = self.values.get(*metadata, self.names.find(key)?)?;
        self.values.text(value).map(|_| value)
    }
}

/// The construct of an `aws:cdk:path`. The last part is left out where it is the name of a construct's main resource,
/// which its author has never written: `ShopStack/Orders` for `ShopStack/Orders/Resource`.
pub(crate) fn construct_of_path(path: &str) -> Option<&str> {
    let construct = DEFAULT_CHILDREN.iter().find_map(|child| path.strip_suffix(child)?.strip_suffix('/'));
    Some(construct.unwrap_or(path)).filter(|path| !path.is_empty())
}

/// The names of a construct's default child (`Node.defaultChild` of the `constructs` library).
const DEFAULT_CHILDREN: [&str; 2] = ["Resource", "Default"];

#[cfg(test)]
mod tests {
    use super::super::tests::template;

    fn construct(path: &str) -> Option<String> {
        let template =
            template(&format!("Resources: {{R: {{Type: T, Metadata: {{'aws:cdk:path': {path}}}}}}}"));
        template.construct_of(&template.resources[0]).map(str::to_owned)
    }

    #[test]
    fn a_resource_comes_from_the_construct_that_the_author_wrote() {
        for (path, expected) in [
            ("Shop/Orders/Resource", Some("Shop/Orders")),
            ("Shop/CDKMetadata/Default", Some("Shop/CDKMetadata")),
            ("Shop/Worker/ServiceRole/DefaultPolicy", Some("Shop/Worker/ServiceRole/DefaultPolicy")),
            ("Shop/MyResource", Some("Shop/MyResource")),
            ("Resource", Some("Resource")),
            ("/Resource", None),
            ("''", None),
            ("[a]", None),
        ] {
            assert_eq!(construct(path).as_deref(), expected, "{path}");
        }
    }

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
