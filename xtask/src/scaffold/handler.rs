//! The text of an endpoint that is honest about doing nothing yet.
//!
//! What names one thing, or acts on one, finds nothing; a list is empty; what takes a body without naming a thing answers
//! with what it understood.

use super::draft::fill;
use super::route::Route;
use crate::names::{Name, snake_of_camel};

/// What an endpoint's text depends on.
#[derive(Debug, Clone, Copy)]
pub struct Handler<'a> {
    /// Its context.
    pub context: &'a str,
    /// Its name.
    pub name: &'a Name,
    /// Its route.
    pub route: &'a Route,
    /// The type in `crate::ctx` that it holds.
    pub holder: &'a str,
    /// Whether everybody may call it.
    pub public: bool,
}

/// What an endpoint does until somebody writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Finds nothing.
    Find,
    /// Shows an empty list.
    List,
    /// Answers with what it understood.
    Accept,
}

impl Handler<'_> {
    /// What it does.
    pub fn kind(&self) -> Kind {
        match (self.route.has_body(), self.route.parameters.is_empty()) {
            (true, true) => Kind::Accept,
            (false, true) if self.route.method == "GET" && self.name.snake().starts_with("list_") => Kind::List,
            _ => Kind::Find,
        }
    }

    /// The refusal of what finds nothing: its variant, its sentence, its code.
    pub fn refusal(&self) -> (String, String, String) {
        let noun = self.name.noun();
        let sentence = format!("The {} does not exist, or the caller may not see it.", noun.replace('_', " "));
        (format!("NoSuch{}", crate::names::pascal(noun)), sentence, format!("{}.no_such_{noun}", self.context))
    }

    /// What it may do to the table once it is written.
    pub fn actions(&self) -> &'static str {
        match (self.kind(), self.route.method.as_str()) {
            (Kind::List, _) => "dynamodb:Query",
            (Kind::Find, "GET") => "dynamodb:GetItem",
            (Kind::Find, "DELETE") => "dynamodb:GetItem, dynamodb:DeleteItem",
            (Kind::Find, _) => "dynamodb:GetItem, dynamodb:PutItem",
            (Kind::Accept, _) => "dynamodb:PutItem",
        }
    }

    /// Whether it changes something for a caller, so that it checks the caller's standing.
    pub fn checks_standing(&self) -> bool {
        !self.public && self.route.method != "GET"
    }

    fn replies(&self) -> bool {
        self.route.method != "DELETE"
    }

    /// The one parameter `{id}` has a type in `kit`; others get one here.
    fn is_plain_id(&self) -> bool {
        self.route.parameters == ["id"]
    }

    fn has_own_path(&self) -> bool {
        !self.route.parameters.is_empty() && !self.is_plain_id()
    }

    fn reply(&self) -> String {
        match (self.kind(), self.replies()) {
            (_, false) => "NoContent".to_owned(),
            (Kind::List, true) => format!("Json<List<{}>>", self.view()),
            (_, true) => format!("Json<{}>", self.view()),
        }
    }

    fn view(&self) -> String {
        format!("{}{}", self.name.pascal(), if self.kind() == Kind::List { "Item" } else { "Reply" })
    }

    /// The file below `src/api`.
    pub fn source(&self) -> String {
        let done = match self.kind() {
            Kind::Find => "As generated, it keeps nothing, and so finds nothing.",
            Kind::List => "As generated, the list is empty.",
            Kind::Accept => "As generated, it answers with what it understood, and keeps nothing.",
        };
        let parts = [
            format!("//! `{}`: {}.\n//! {done}\n\n", self.route.key(), self.name.sentence().to_lowercase()),
            self.imports(),
            self.types(),
            self.description(),
            self.function(),
        ];
        parts.concat()
    }

    fn imports(&self) -> String {
        let (find, params) = (self.kind() == Kind::Find, !self.route.parameters.is_empty());
        let some = |wanted: bool, name: &'static str| wanted.then_some(name);
        let kit = [
            some(self.is_plain_id(), "Id"),
            some(self.replies(), "Json"),
            some(self.kind() == Kind::List, "List"),
            some(!self.replies(), "NoContent"),
            some(self.kind() == Kind::List, "Page"),
            some(params, "Path"),
            Some("Problem"),
        ];
        let serde =
            [some(self.route.has_body() || self.has_own_path(), "Deserialize"), some(self.replies(), "Serialize")];
        let types = [some(find && !self.public, "UserId"), some(params, "Uuid")];
        let lines = [
            "use axum::extract::State;\n".to_owned(),
            match (self.public, self.checks_standing()) {
                (true, _) => String::new(),
                (false, true) => "use kit::auth::Standing;\n".to_owned(),
                (false, false) => "use kit::auth::Caller;\n".to_owned(),
            },
            import("kit::http", &kit),
            import("serde", &serde),
            import("types", &types),
            import("utoipa", &[some(self.replies(), "ToSchema")]),
            format!("\nuse crate::ctx::{};\n", self.holder),
            if find { "use crate::problem::Refusal;\n".to_owned() } else { String::new() },
        ];
        lines.concat()
    }

    fn types(&self) -> String {
        let (pascal, view) = (self.name.pascal(), self.view());
        let field = |name: &String| format!("    /// `{{{name}}}`.\n    pub {}: Uuid,\n", snake_of_camel(name));
        let fields: Vec<_> = self.route.parameters.iter().map(field).collect();
        let values = [("pascal", pascal.as_str()), ("view", &view), ("fields", &fields.concat())];
        let texts = [
            (self.has_own_path(), include_str!("texts/path.rs.txt")),
            (self.route.has_body(), include_str!("texts/request.rs.txt")),
            (self.replies(), include_str!("texts/reply.rs.txt")),
        ];
        texts.into_iter().filter(|(wanted, _)| *wanted).map(|(_, text)| fill(text, &values)).collect()
    }

    fn description(&self) -> String {
        let mut lines = vec![format!(
            "{}, path = \"{}\", operation_id = \"{}\", tag = \"{}\",",
            self.route.method.to_lowercase(),
            self.route.path,
            self.name.snake(),
            self.context
        )];
        if !self.public {
            lines.push("security((\"bearer\" = [])),".to_owned());
        }
        let parameter = |name: &String| format!("(\"{name}\" = Uuid, Path, description = \"Identifier\")");
        let mut parameters: Vec<_> = self.route.parameters.iter().map(parameter).collect();
        if self.kind() == Kind::List {
            parameters.push("Page".to_owned());
        }
        if !parameters.is_empty() {
            lines.push(format!("params({}),", parameters.join(", ")));
        }
        if self.route.has_body() {
            lines.push(format!("request_body = {},", self.name.pascal()));
        }
        lines.push(format!("responses(\n{}    )", self.responses()));
        format!("\n/// {}\n#[utoipa::path(\n    {}\n)]\n", self.name.sentence(), lines.join("\n    "))
    }

    fn responses(&self) -> String {
        let success = match (self.kind(), self.replies()) {
            (_, false) => "status = 204, description = \"Deleted\"".to_owned(),
            (Kind::List, _) => format!("status = 200, description = \"One page\", body = List<{}>", self.view()),
            (Kind::Find, _) => format!("status = 200, description = \"The resource\", body = {}", self.view()),
            (Kind::Accept, _) => format!("status = 200, description = \"Created\", body = {}", self.view()),
        };
        let mut all = vec![success];
        // Errors that operations share are added by `kit::openapi::Conventions`.
        if self.kind() == Kind::Find {
            all.push(format!("status = 404, description = \"`{}`\"", self.refusal().2));
        }
        all.iter().map(|one| format!("        ({one}),\n")).collect::<Vec<_>>().concat()
    }

    fn function(&self) -> String {
        let unused = if self.kind() == Kind::Find { "" } else { "_" };
        let mut arguments = vec![format!("State({unused}ctx): State<&'static {}>", self.holder)];
        let (mut values, mut parameters) = (vec!["ctx".to_owned()], vec![format!("_ctx: &{}", self.holder)]);
        if !self.public {
            let argument = format!("{unused}caller: Caller");
            arguments.push(if self.checks_standing() { "standing: Standing".to_owned() } else { argument });
            values.push("caller.user_id".to_owned());
            parameters.push("_owner: UserId".to_owned());
        }
        if self.is_plain_id() {
            arguments.push("Path(path): Path<Id<Uuid>>".to_owned());
            values.push("path.id".to_owned());
            parameters.push("_id: Uuid".to_owned());
        } else if self.has_own_path() {
            arguments.push(format!("Path(path): Path<{}Path>", self.name.pascal()));
            values.push("&path".to_owned());
            parameters.push(format!("_path: &{}Path", self.name.pascal()));
        }
        if self.kind() == Kind::List {
            arguments.push("_page: Page".to_owned());
        }
        if self.route.has_body() {
            arguments.push(format!("Json(body): Json<{}>", self.name.pascal()));
        }
        let check = match (self.checks_standing(), self.kind()) {
            (false, _) => "",
            (true, Kind::Accept) => "    standing.check().await?;\n",
            (true, Kind::Find | Kind::List) => "    let caller = standing.check().await?;\n",
        };
        let body = [check, &self.body(&values.join(", "), &parameters.join(", "))].concat();
        let (name, arguments, reply) = (self.name.snake(), arguments.join(", "), self.reply());
        format!("pub async fn {name}({arguments}) -> Result<{reply}, Problem> {{\n{body}}}\n")
    }

    /// The handler's body, and the helper below it, up to its closing brace.
    fn body(&self, values: &str, parameters: &str) -> String {
        let view = self.view();
        let find = format!("find({values}).await.ok_or(Refusal::{})?;\n", self.refusal().0);
        let helper = format!(
            "}}\n\n/// Nothing is kept yet, so nothing is found: ask the store here.\n\
             async fn find({parameters}) -> Option<String> {{\n    None\n"
        );
        match (self.kind(), self.replies(), self.route.has_body()) {
            (Kind::Accept, _, _) => format!("    Ok(Json({view} {{ name: body.name }}))\n"),
            (Kind::List, _, _) => "    Ok(Json(List { items: Vec::new(), next_cursor: None }))\n".to_owned(),
            (Kind::Find, false, _) => format!("    {find}    Ok(NoContent)\n{helper}"),
            (Kind::Find, true, true) => format!("    {find}    Ok(Json({view} {{ name: body.name }}))\n{helper}"),
            (Kind::Find, true, false) => format!("    let name = {find}    Ok(Json({view} {{ name }}))\n{helper}"),
        }
    }
}

fn import(from: &str, names: &[Option<&str>]) -> String {
    let names: Vec<_> = names.iter().flatten().copied().collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("use {from}::{one};\n"),
        many => format!("use {from}::{{{}}};\n", many.join(", ")),
    }
}
