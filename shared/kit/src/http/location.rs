//! The place of a value inside of a JSON body.

/// Names and numbers from the body's root to a value.
#[derive(Debug, Clone, Default)]
pub(super) struct Location(Vec<Step>);

#[derive(Debug, Clone)]
enum Step {
    Property(String),
    Item(usize),
}

impl Location {
    /// The location of a property of this object.
    pub(super) fn property(&self, name: &str) -> Self {
        self.then(Step::Property(name.to_owned()))
    }

    /// The location of an item of this array.
    pub(super) fn item(&self, index: usize) -> Self {
        self.then(Step::Item(index))
    }

    fn then(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// Reads a path such as `tiers[0].name`.
    pub(super) fn of_field(field: &str) -> Self {
        let mut found = Self::default();
        for part in field.split('.') {
            let (name, items) = part.split_once('[').unwrap_or((part, ""));
            found.0.push(Step::Property(name.to_owned()));
            let indexes = items.split('[').filter_map(|text| text.strip_suffix(']')?.parse().ok());
            found.0.extend(indexes.map(Step::Item));
        }
        found
    }

    /// The path for people: `tiers[0].name`; `body` for the root.
    pub(super) fn field(&self) -> String {
        let mut text = String::new();
        for step in &self.0 {
            match step {
                Step::Property(name) if text.is_empty() => text.push_str(name),
                Step::Property(name) => text.extend([".", name]),
                Step::Item(index) => text.extend(["[", &index.to_string(), "]"]),
            }
        }
        if text.is_empty() { "body".to_owned() } else { text }
    }

    /// The JSON Pointer (RFC 6901): `/tiers/0/name`; empty for the root.
    pub(super) fn pointer(&self) -> String {
        let segment = |step: &Step| match step {
            Step::Property(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Item(index) => format!("/{index}"),
        };
        self.0.iter().map(segment).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_written_as_a_path_and_as_a_pointer() {
        let location = Location::default().property("tiers").item(0).property("a/b~c");
        assert_eq!((location.field().as_str(), location.pointer().as_str()), ("tiers[0].a/b~c", "/tiers/0/a~1b~0c"));
        assert_eq!((Location::default().field().as_str(), Location::default().pointer().as_str()), ("body", ""));
        assert_eq!(Location::of_field("tiers[12].name").pointer(), "/tiers/12/name");
        assert_eq!(Location::of_field("device.name").pointer(), "/device/name");
    }
}
