//! A shop and searches of it with grades, to measure relevance. All of it is derived here: products of 20 kinds in several materials,
//! colours and brands, whose texts mention other kinds too; accessories with the name of a kind in their title; and German compounds in
//! several spellings.
//!
//! The grade of a product follows from what it is and what is searched for, and not from any text:
//!
//! | grade | product |
//! |---|---|
//! | 3 | of the kind that is searched for, with all that is asked of it |
//! | 2 | of the kind, without some of what is asked |
//! | 1 | an accessory of the kind, or what is only the head of the compound |
//! | 0 | anything else |

use contracts::catalog::{CategoryChanged, ProductSnapshot, VariantSnapshot};
use jiff::Timestamp;
use search_engine::{Change, Document};
use types::{ProductId, Uuid, VariantId};

use super::assemble::change;
use super::product::{Offer, ProductDocument, ProductSource, Stock};
use super::settings::Settings;

/// Noun, category and accessory of each kind.
const KINDS: [[&str; 3]; 20] = [
    ["lamp", "Lamps", "shade"],
    ["chair", "Chairs", "cushion"],
    ["table", "Tables", "runner"],
    ["kettle", "Kettles", "filter"],
    ["backpack", "Backpacks", "raincover"],
    ["tent", "Tents", "footprint"],
    ["jacket", "Jackets", "hood"],
    ["notebook", "Notebooks", "refill"],
    ["blanket", "Blankets", "clip"],
    ["pillow", "Pillows", "cover"],
    ["curtain", "Curtains", "rail"],
    ["mirror", "Mirrors", "hook"],
    ["shelf", "Shelves", "bracket"],
    ["bottle", "Bottles", "brush"],
    ["knife", "Knives", "sharpener"],
    ["teapot", "Teapots", "warmer"],
    ["clock", "Clocks", "battery"],
    ["umbrella", "Umbrellas", "stand"],
    ["bicycle", "Bicycles", "pump"],
    ["basket", "Baskets", "liner"],
];
const MATERIALS: [&str; 6] = ["oak", "steel", "cotton", "leather", "bamboo", "ceramic"];
const COLOURS: [&str; 5] = ["red", "blue", "green", "white", "black"];
const BRANDS: [&str; 8] = ["Nordhavn", "Kestrel", "Linden", "Marlowe", "Ostrava", "Pintail", "Quillon", "Tamsin"];
const ROOMS: [&str; 5] = ["kitchen", "garden", "bedroom", "office", "hallway"];
/// Compounds with their first word and their head.
const COMPOUNDS: [[&str; 3]; 4] = [
    ["Bücherregal", "Bücher", "Regal"],
    ["Gartenstuhl", "Garten", "Stuhl"],
    ["Kaffeemühle", "Kaffee", "Mühle"],
    ["Küchenmesser", "Küchen", "Messer"],
];
/// The category of all accessories.
const ACCESSORIES: &str = "Accessories";
/// The category of what has a German title.
const GERMAN: &str = "Haus";
/// Products per kind and material.
const PER_MATERIAL: usize = 12;
/// Accessories per kind, and products that share one word with a compound.
const FEW: usize = 6;

/// What a product is. Numbers are places in the lists above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A product of a kind.
    OfKind {
        /// Kind.
        kind: usize,
        /// Material.
        material: usize,
        /// Colour.
        colour: usize,
        /// Brand.
        brand: usize,
    },
    /// An accessory of a kind.
    Accessory {
        /// Kind.
        kind: usize,
    },
    /// What a compound names.
    Compound(usize),
    /// What the head of a compound names.
    Head(usize),
    /// Something else.
    Other,
}

/// What a user searches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// A product of a kind, with what is asked of it.
    OfKind {
        /// Kind.
        kind: usize,
        /// Material.
        material: Option<usize>,
        /// Colour.
        colour: Option<usize>,
        /// Brand.
        brand: Option<usize>,
    },
    /// What a compound names.
    Compound(usize),
}

impl Intent {
    /// The grade of a product.
    pub fn grade(self, nature: Nature) -> u32 {
        match (self, nature) {
            (
                Self::OfKind { kind, material, colour, brand },
                Nature::OfKind { kind: of, material: is_material, colour: is_colour, brand: is_brand },
            ) if kind == of => {
                let asked = [(material, is_material), (colour, is_colour), (brand, is_brand)];
                if asked.iter().all(|(asked, is)| asked.is_none_or(|asked| asked == *is)) { 3 } else { 2 }
            }
            (Self::OfKind { kind, .. }, Nature::Accessory { kind: of }) if kind == of => 1,
            (Self::Compound(number), Nature::Compound(of)) if number == of => 3,
            (Self::Compound(number), Nature::Head(of)) if number == of => 1,
            _ => 0,
        }
    }
}

/// How a search is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The noun.
    Noun,
    /// The category.
    Category,
    /// Noun and material.
    Material,
    /// Noun and colour.
    Colour,
    /// Noun and brand.
    Brand,
    /// Noun, material and colour.
    ThreeWords,
    /// Two words, one of them with a typo.
    Typo,
    /// Two words, the last one unfinished.
    Unfinished,
    /// A compound in one of its spellings.
    Compound,
}

impl Form {
    /// Whether all words are written as in the texts.
    pub const fn is_plain(self) -> bool {
        !matches!(self, Self::Typo | Self::Unfinished | Self::Compound)
    }
}

/// A search with what is searched for.
#[derive(Debug, Clone)]
pub struct JudgedSearch {
    /// How it is written.
    pub form: Form,
    /// The text.
    pub text: String,
    /// The intent.
    pub intent: Intent,
}

/// A product before its document is assembled.
struct Draft {
    nature: Nature,
    title: String,
    description: String,
    category: &'static str,
    brand: &'static str,
    material: Option<&'static str>,
    colour: &'static str,
    code: String,
    popularity: usize,
    available: bool,
}

/// The products: their documents, by number, and what each of them is.
pub fn products() -> Vec<(Document, Nature)> {
    let settings = settings();
    let all = of_kinds().chain(of_compounds());
    all.enumerate().map(|(number, draft)| (document(number, &draft, &settings), draft.nature)).collect()
}

fn of_kinds() -> impl Iterator<Item = Draft> {
    (0..KINDS.len()).flat_map(|kind| {
        let products = (0..MATERIALS.len())
            .flat_map(move |material| (0..PER_MATERIAL).map(move |place| of_kind(kind, material, place)));
        products.chain((0..FEW).map(move |place| accessory(kind, place)))
    })
}

fn of_kind(kind: usize, material: usize, place: usize) -> Draft {
    let number = (kind * MATERIALS.len() + material) * PER_MATERIAL + place;
    let (colour, brand) = ((place + material + kind) % COLOURS.len(), (place + 3 * material + kind) % BRANDS.len());
    let nature = Nature::OfKind { kind, material, colour, brand };
    let ([noun, category, _], room) = (KINDS[kind], ROOMS[(2 * place + kind) % ROOMS.len()]);
    let (material, colour, brand) = (MATERIALS[material], COLOURS[colour], BRANDS[brand]);
    let title = match place % 4 {
        0 => format!("{} {noun}", capitalized(material)),
        1 => format!("{brand} {noun} {kind}{}-{place}", number / PER_MATERIAL % MATERIALS.len()),
        2 => format!("{} in {colour}", capitalized(noun)),
        _ => format!("{} {material} {noun} for the {room}", capitalized(colour)),
    };
    let begin = if place.is_multiple_of(3) {
        format!("This {noun} is made of {material}.")
    } else {
        format!("Made for the {room}.")
    };
    // Other kinds: between 1 and 12 places further.
    let [other, ..] = KINDS[(kind + 1 + place) % KINDS.len()];
    let other_material = MATERIALS[(number / PER_MATERIAL + 1 + place) % MATERIALS.len()];
    Draft {
        nature,
        title,
        description: format!("{begin} Goes well with our {other_material} {other}."),
        category,
        brand,
        material: Some(material),
        colour,
        code: code(category, number),
        popularity: number * 37 % 101,
        available: !number.is_multiple_of(7),
    }
}

/// Accessories sell well, and have the name of their kind in the title.
fn accessory(kind: usize, place: usize) -> Draft {
    let number = kind * FEW + place;
    let ([noun, _, accessory], brand) = (KINDS[kind], BRANDS[(place + kind) % BRANDS.len()]);
    let title = match place % 3 {
        0 => format!("{} {accessory}", capitalized(noun)),
        1 => format!("{} for a {noun}", capitalized(accessory)),
        _ => format!("{brand} {accessory} for every {noun}"),
    };
    Draft {
        nature: Nature::Accessory { kind },
        title,
        description: format!("Fits every {noun} of {}.", MATERIALS[(place + 1) % MATERIALS.len()]),
        category: ACCESSORIES,
        brand,
        material: Some(MATERIALS[place]),
        colour: COLOURS[place % COLOURS.len()],
        code: code(ACCESSORIES, number),
        popularity: 50 + number * 17 % 101,
        available: !number.is_multiple_of(9),
    }
}

fn of_compounds() -> impl Iterator<Item = Draft> {
    (0..COMPOUNDS.len()).flat_map(|number| {
        let [whole, first, head] = COMPOUNDS[number];
        let brand = |place: usize| BRANDS[place % BRANDS.len()];
        let spelt = move |place: usize| match place % 3 {
            0 => format!("{whole} {}", brand(place)),
            1 => format!("{first}-{head} {}", brand(place)),
            _ => format!("{head} für {first} {}", brand(place)),
        };
        let compounds = (0..PER_MATERIAL).map(move |place| {
            let sold = (number * PER_MATERIAL + place) * 37 % 101;
            german(Nature::Compound(number), spelt(place), place, sold, !place.is_multiple_of(5))
        });
        let sold = move |place: usize| 50 + (number * FEW + place) * 17 % 101;
        let heads = (0..FEW).map(move |place| {
            let title = format!("{head} {}", capitalized(COLOURS[place % COLOURS.len()]));
            german(Nature::Head(number), title, place, sold(place), true)
        });
        let others = (0..FEW).map(move |place| {
            german(Nature::Other, format!("{first} Kiste {}", brand(place)), place, sold(place), true)
        });
        compounds.chain(heads).chain(others)
    })
}

fn german(nature: Nature, title: String, place: usize, popularity: usize, available: bool) -> Draft {
    Draft {
        nature,
        title,
        description: "Aus eigener Fertigung.".to_owned(),
        category: GERMAN,
        brand: BRANDS[place % BRANDS.len()],
        material: None,
        colour: COLOURS[place % COLOURS.len()],
        code: code(GERMAN, popularity),
        popularity,
        available,
    }
}

/// The searches.
pub fn searches() -> Vec<JudgedSearch> {
    let mut searches: Vec<JudgedSearch> = (0..KINDS.len()).flat_map(of_kind_searched).collect();
    for (number, [whole, first, head]) in COMPOUNDS.into_iter().enumerate() {
        let lower = whole.to_lowercase();
        let spellings = [
            whole.to_owned(),
            lower.replace('ü', "u"),
            lower.replace('ü', "ue"),
            format!("{head} {first}"),
            format!("{first}-{head}"),
        ];
        let search = |text| JudgedSearch { form: Form::Compound, text, intent: Intent::Compound(number) };
        searches.extend(spellings.map(search));
    }
    searches
}

fn of_kind_searched(kind: usize) -> Vec<JudgedSearch> {
    let [noun, category, _] = KINDS[kind];
    let (material, colour, brand) = (kind % MATERIALS.len(), kind % COLOURS.len(), kind % BRANDS.len());
    let other = (material + 1) % MATERIALS.len();
    let (made_of, painted) = (MATERIALS[material], COLOURS[colour]);
    let plain = Intent::OfKind { kind, material: None, colour: None, brand: None };
    let of = |material| Intent::OfKind { kind, material: Some(material), colour: None, brand: None };
    let in_colour = Intent::OfKind { kind, material: None, colour: Some(colour), brand: None };
    let by_brand = Intent::OfKind { kind, material: None, colour: None, brand: Some(brand) };
    let both = Intent::OfKind { kind, material: Some(material), colour: Some(colour), brand: None };
    let unfinished = &noun[..(noun.len() - 2).max(3)];
    let all = [
        (Form::Noun, noun.to_owned(), plain),
        (Form::Category, category.to_owned(), plain),
        (Form::Material, format!("{made_of} {noun}"), of(material)),
        (Form::Material, format!("{noun} {}", MATERIALS[other]), of(other)),
        (Form::Colour, format!("{painted} {noun}"), in_colour),
        (Form::Brand, format!("{} {noun}", BRANDS[brand].to_lowercase()), by_brand),
        (Form::ThreeWords, format!("{painted} {made_of} {noun}"), both),
        (Form::Typo, format!("{made_of} {}", with_swapped_letters(noun)), of(material)),
        (Form::Typo, format!("{} {painted}", with_a_missing_letter(noun)), in_colour),
        (Form::Unfinished, format!("{made_of} {unfinished}"), of(material)),
    ];
    all.into_iter().map(|(form, text, intent)| JudgedSearch { form, text, intent }).collect()
}

/// A word with the two letters in its middle exchanged.
fn with_swapped_letters(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    letters.swap(middle - 1, middle);
    letters.into_iter().collect()
}

/// A word without its last but one letter.
fn with_a_missing_letter(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.remove(letters.len() - 2);
    letters.into_iter().collect()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn code(category: &str, number: usize) -> String {
    format!("{}-{number}", category.chars().take(3).collect::<String>().to_uppercase())
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    for title in KINDS.iter().map(|[_, category, _]| *category).chain([ACCESSORIES, GERMAN]) {
        let fact = CategoryChanged {
            slug: title.to_lowercase(),
            title: title.to_owned(),
            parent: None,
            position: 0,
            removed: false,
            revision: 1,
        };
        settings.categories = settings.categories.with(&fact).unwrap();
    }
    settings
}

fn document(number: usize, draft: &Draft, settings: &Settings) -> Document {
    let id = Uuid::from_u128(number as u128);
    let variant_id = VariantId::new(id);
    let variant = VariantSnapshot {
        variant_id,
        sku: draft.code.clone(),
        barcode: None,
        weight_grams: None,
        choices: [("color".to_owned(), draft.colour.to_owned())].into(),
        tax_class: None,
        components: Vec::new(),
    };
    let named = [("Brand", Some(draft.brand)), ("Material", draft.material)];
    let attributes = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let snapshot = ProductSnapshot {
        slug: format!("product-{number}"),
        title: draft.title.clone(),
        description: Some(draft.description.clone()),
        attributes: attributes.collect(),
        categories: vec![draft.category.to_lowercase()],
        variants: vec![variant],
        media: Vec::new(),
    };
    let offer = Offer { stock: Some(Stock { revision: 1, available: draft.available }), ..Offer::default() };
    let product = ProductDocument {
        product: Some(ProductSource { revision: 1, snapshot: Some(snapshot) }),
        published_at: Some(Timestamp::UNIX_EPOCH),
        offers: [(variant_id, offer)].into(),
        ..ProductDocument::new(ProductId::new(id))
    };
    let Change::Put(mut document) = change(&product, 1, settings) else { panic!("the product is visible") };
    document.popularity = u32::try_from(draft.popularity).unwrap();
    *document
}
