//! A generated shop: documents of a seed, in several languages, with a vocabulary like that of real texts.

#![expect(dead_code, reason = "each test uses a part")]

use std::collections::BTreeMap;

use search_engine::{Collection, Document, Facet, Field, Language, Price, Variant};

/// Products of which only the name is searched.
pub static NAMED: Collection = Collection {
    name: "named",
    languages: &[Language::English, Language::German, Language::Turkish, Language::Japanese],
    fields: &[Field { name: "name", weight: 10, suggested: true, highlighted: true }],
    facets: &[],
};

/// Products with brand, categories, tags and a description.
pub static PRODUCTS: Collection = Collection {
    name: "products",
    languages: &[Language::English, Language::German, Language::French, Language::Turkish, Language::Japanese],
    fields: &[
        Field { name: "name", weight: 10, suggested: true, highlighted: true },
        Field { name: "brand", weight: 6, suggested: false, highlighted: false },
        Field { name: "category", weight: 4, suggested: false, highlighted: false },
        Field { name: "description", weight: 1, suggested: false, highlighted: true },
    ],
    facets: &[
        Facet { name: "brand", suggested: false },
        Facet { name: "category", suggested: true },
        Facet { name: "tag", suggested: false },
    ],
};

/// A product with a name only.
pub fn product(id: &str, name: &str) -> Document {
    Document {
        id: id.to_owned(),
        revision: 1,
        texts: [("name".to_owned(), vec![name.to_owned()])].into(),
        facets: BTreeMap::new(),
        variants: Vec::new(),
        created_at: 0,
        popularity: 0,
        stored: serde_json::json!({ "name": name }),
    }
}

/// A variant with a price in EUR.
pub fn variant(choices: &[(&str, &str)], available: bool, amount: i64) -> Variant {
    let choices = choices.iter().map(|(option, value)| ((*option).to_owned(), (*value).to_owned())).collect();
    Variant { choices, available, prices: vec![price("EUR", amount)] }
}

/// A price that is always valid.
pub fn price(currency: &str, amount: i64) -> Price {
    Price { currency: currency.to_owned(), amount, valid_from: None, valid_until: None }
}

/// A price in EUR during a time.
pub fn price_during(amount: i64, from: i64, until: i64) -> Price {
    Price { valid_from: Some(from), valid_until: Some(until), ..price("EUR", amount) }
}

/// A generated shop. The same seed makes the same documents.
pub struct Shop {
    random: fastrand::Rng,
    vocabulary: Vec<String>,
}

const SYLLABLES: [&[&str]; 5] = [
    &[
        "ta", "ble", "lam", "po", "ring", "ster", "con", "de", "la", "mi", "ra", "chi", "no", "per", "son", "gar",
        "light", "wood",
    ],
    &[
        "stuhl", "tisch", "holz", "lö", "fel", "bü", "cher", "gar", "ten", "schu", "he", "ke", "ge", "ver", "ung",
        "größ",
    ],
    &["é", "crè", "me", "brû", "lée", "ta", "ble", "chai", "se", "mai", "son", "ver", "re", "tion", "ça"],
    &["ısı", "lam", "ba", "ğı", "şe", "kö", "pek", "ta", "bak", "İs", "tan", "gü", "zel", "ma", "sa"],
    &["東", "京", "日", "本", "電", "工", "株", "式", "会", "社", "バ", "ナ", "ス", "ト", "の"],
];

impl Shop {
    /// A shop whose texts use `words` different words.
    pub fn new(seed: u64, words: usize) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let vocabulary = (0..words).map(|_| word(&mut random)).collect();
        Self { random, vocabulary }
    }

    /// A shop with the same words and another seed.
    pub fn fork(&self, seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), vocabulary: self.vocabulary.clone() }
    }

    /// A word, the frequent ones first: the chance of a rank is nearly inverse to it.
    pub fn word(&mut self) -> String {
        let rank = self.rank(self.vocabulary.len());
        self.vocabulary[rank].clone()
    }

    /// A rank below a number, small ones much more often.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks are small and not negative"
    )]
    fn rank(&mut self, below: usize) -> usize {
        let logarithm = self.random.f64() * (below as f64 + 1.0).ln();
        (logarithm.exp() as usize).saturating_sub(1).min(below - 1)
    }

    /// Some words.
    pub fn words(&mut self, least: usize, most: usize) -> String {
        let count = self.random.usize(least..=most);
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// The product with a number.
    pub fn product(&mut self, number: usize) -> Document {
        let model = self
            .random
            .bool()
            .then(|| format!(" {}-{}", ["XYZ", "AB", "Q"][self.random.usize(0..3)], self.random.u32(1..900)));
        let name = format!("{}{}", self.words(2, 5), model.unwrap_or_default());
        let brand = format!("Brand {}", self.rank(500));
        let category = self.rank(120);
        let categories = vec![format!("Category {}", category % 12), format!("Category {}.{category}", category % 12)];
        let tags = (0..self.random.usize(0..4)).map(|_| format!("tag {}", self.rank(60))).collect();
        let variants = (0..self.random.usize(0..5)).map(|_| self.variant()).collect();
        let mut document = product(&format!("product-{number:06}"), &name);
        document.texts.insert("brand".into(), vec![brand.clone()]);
        document.texts.insert("category".into(), categories.clone());
        document.texts.insert("description".into(), vec![self.words(10, 40)]);
        document.facets =
            [("brand".to_owned(), vec![brand]), ("category".to_owned(), categories), ("tag".to_owned(), tags)].into();
        document.created_at = 1_700_000_000 + self.random.i64(0..50_000_000);
        document.popularity = u32::try_from(1_000 / (1 + self.rank(1_000))).unwrap_or_default();
        document.variants = variants;
        document
    }

    fn variant(&mut self) -> Variant {
        let choices = [
            ("color", ["red", "blue", "green", "black", "white", "grau"][self.rank(6)]),
            ("size", ["S", "M", "L", "XL"][self.random.usize(0..4)]),
        ];
        let mut variant = variant(&choices, self.random.u8(0..4) > 0, self.random.i64(1..500) * 99);
        variant.prices.push(price("USD", self.random.i64(1..500) * 109));
        if self.random.u8(0..5) == 0 {
            variant.prices.insert(0, price_during(self.random.i64(1..200) * 99, 1_000, 2_000));
        }
        if self.random.u8(0..20) == 0 {
            variant.choices.remove("size");
        }
        variant
    }

    /// A word with a typo.
    pub fn misspelt(&mut self, word: &str) -> String {
        let mut chars: Vec<char> = word.chars().collect();
        if chars.is_empty() {
            return String::new();
        }
        let at = self.random.usize(0..chars.len());
        match self.random.u8(0..4) {
            0 => chars[at] = 'e',
            1 => chars.insert(at, 'r'),
            2 if at > 0 => chars.swap(at - 1, at),
            _ => drop(chars.remove(at)),
        }
        chars.into_iter().collect()
    }

    /// The source of random numbers.
    pub fn random(&mut self) -> &mut fastrand::Rng {
        &mut self.random
    }
}

fn word(random: &mut fastrand::Rng) -> String {
    // Half of the words are English, a twentieth is Japanese.
    let language = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4][random.usize(0..20)];
    let syllables = SYLLABLES[language];
    let word: String = (0..random.usize(1..=4)).map(|_| syllables[random.usize(0..syllables.len())]).collect();
    if random.u8(0..4) == 0 { capitalized(&word) } else { word }
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
