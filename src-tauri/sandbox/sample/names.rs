//! Names of people from many places, and of companies. All of them are invented.

use std::sync::LazyLock;

use crate::sandbox::sample::random::Dice;

/// Given and family names of one part of the world.
struct Culture {
    given: Vec<Part>,
    family: Vec<Part>,
    family_first: bool,
}

/// A part of a name as shown, and in plain letters.
struct Part {
    shown: &'static str,
    plain: String,
}

static CULTURES: LazyLock<Vec<Culture>> = LazyLock::new(|| {
    let culture = |line: &'static str| {
        let mut lists = line.split("; ");
        Some(Culture {
            given: parts(lists.next()?),
            family: parts(lists.next()?),
            family_first: lists.next().is_some(),
        })
    };
    let lines = include_str!("names.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(culture)
        .collect()
});

fn parts(list: &'static str) -> Vec<Part> {
    list.split(", ")
        .map(|name| match name.split_once('|') {
            Some((shown, plain)) => Part {
                shown,
                plain: plain.to_owned(),
            },
            None => Part {
                shown: name,
                plain: plain(name),
            },
        })
        .collect()
}

/// How many cultures there are.
pub(super) fn cultures() -> u32 {
    u32::try_from(CULTURES.len()).unwrap_or(1)
}

/// A person's name as shown, and its parts in plain letters for addresses and logins.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) shown: String,
    pub(super) given: String,
    pub(super) family: String,
}

pub(super) fn person(dice: &mut Dice, culture: u32) -> Name {
    let culture = &CULTURES[culture as usize % CULTURES.len()];
    let (given, family) = (dice.pick(&culture.given), dice.pick(&culture.family));
    let shown = if culture.family_first {
        // Where the family name comes first, ideographs and syllables are set without a space.
        format!("{}{}", family.shown, given.shown)
    } else {
        format!("{} {}", given.shown, family.shown)
    };
    Name {
        shown,
        given: given.plain.clone(),
        family: family.plain.clone(),
    }
}

/// Lower-case ASCII letters of a name in Latin script.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => plain.push(letter),
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ă' | 'ą' | 'ả' | 'ạ' | 'ầ' => {
                plain.push('a');
            }
            'ä' | 'æ' => plain.push_str("ae"),
            'ç' | 'ć' | 'č' => plain.push('c'),
            'đ' | 'ď' => plain.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'ễ' => plain.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ị' => plain.push('i'),
            'ł' => plain.push('l'),
            'ñ' | 'ń' | 'ň' => plain.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ő' => plain.push('o'),
            'ö' | 'ø' => plain.push_str("oe"),
            'ř' => plain.push('r'),
            'ś' | 'š' | 'ș' => plain.push('s'),
            'ß' => plain.push_str("ss"),
            'ť' | 'ț' => plain.push('t'),
            'þ' => plain.push_str("th"),
            'ù' | 'ú' | 'û' | 'ů' | 'ű' | 'ũ' | 'ứ' => plain.push('u'),
            'ü' => plain.push_str("ue"),
            'ý' | 'ÿ' => plain.push('y'),
            'ź' | 'ż' | 'ž' => plain.push('z'),
            // Apostrophes, spaces, hyphens, and marks set apart from their letter.
            _ => {}
        }
    }
    plain
}

const COMPANY_FIRST: &[&str] = &[
    "Northwind",
    "Halcyon",
    "Meridian",
    "Bluefin",
    "Kestrel",
    "Lumen",
    "Granite",
    "Cobalt",
    "Juniper",
    "Solstice",
    "Harbour",
    "Tessera",
    "Vantage",
    "Aurora",
    "Cinder",
    "Polaris",
    "Saffron",
    "Willow",
    "Ironbark",
    "Quill",
    "Ember",
    "Fjord",
    "Monsoon",
    "Zephyr",
    "Basalt",
    "Larkspur",
    "Obsidian",
    "Peregrine",
    "Marula",
    "Sakura",
    "Condor",
    "Baobab",
    "Tundra",
    "Ceylon",
    "Nimbus",
    "Orchard",
    "Rhône",
    "Söder",
    "Ålesund",
    "Córdoba",
    "Gdańsk",
];

const COMPANY_SECOND: &[(&str, &str)] = &[
    ("Analytics", "analytics"),
    ("Logistics", "logistics"),
    ("Bank", "bank"),
    ("Health", "health"),
    ("Robotics", "robotics"),
    ("Retail Group", "retail"),
    ("Energy", "energy"),
    ("Labs", "labs"),
    ("Mobility", "mobility"),
    ("Insurance", "insurance"),
    ("Genomics", "genomics"),
    ("Games", "games"),
    ("Telecom", "telecom"),
    ("Foods", "foods"),
    ("Aerospace", "aero"),
    ("Media", "media"),
    ("Semiconductor", "semi"),
    ("Pharma", "pharma"),
    ("& Sons", "andsons"),
    ("University", "university"),
    (
        "Reinsurance Company of the Northern Provinces",
        "reinsurance",
    ),
    ("AI", "ai"),
    ("Water Works", "water"),
];

/// A company: its name and its domain, which no two of a sandbox share.
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) name: String,
    /// First label of the domain, `northwind-bank`.
    pub(super) slug: String,
}

/// The company of an account. The numbers walk through all pairs before any repeats; then a number is
/// appended.
pub(super) fn company(seed: u64, account: u32) -> Company {
    let (first, second) = (COMPANY_FIRST.len() as u64, COMPANY_SECOND.len() as u64);
    let pairs = first * second;
    // 389 is prime and divides neither count, so the walk reaches every pair.
    let step = u64::from(account) * 389 + seed % pairs;
    let (pair, round) = (step % pairs, u64::from(account) / pairs);
    let pick = |index: u64| usize::try_from(index).unwrap_or(0);
    let front = COMPANY_FIRST[pick(pair % first)];
    let (back, plain_back) = COMPANY_SECOND[pick(pair / first)];
    let number = if round == 0 {
        String::new()
    } else {
        format!(" {}", round + 1)
    };
    Company {
        name: format!("{front} {back}{number}"),
        slug: format!("{}-{plain_back}{}", plain(front), number.trim_start()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_leaves_something_for_an_address() {
        assert_eq!(
            cultures(),
            15,
            "a line that cannot be read would be left out"
        );
        for culture in CULTURES.iter() {
            for part in culture.given.iter().chain(&culture.family) {
                let plain = &part.plain;
                assert!(
                    !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_lowercase()),
                    "{}",
                    part.shown
                );
            }
        }
    }

    #[test]
    fn no_two_accounts_share_a_domain() {
        let slugs: HashSet<_> = (0..5_000).map(|account| company(7, account).slug).collect();
        assert_eq!(slugs.len(), 5_000);
    }
}
