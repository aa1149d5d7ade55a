//! Bodies of the shape that Stripe and Auth0 send, and what is made of them by changing them.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::sample::{Index, select};
use proptest::strategy::{BoxedStrategy, Strategy, Union};

/// What has broken readers of JSON before.
const PIECES: &[&[u8]] = &[
    b"\\u0000",
    b"\\ud800",
    b"\\udfff",
    b"\\ud83d\\ude00",
    b"\\ude00\\ud83d",
    b"\\\\ud800",
    b"\\u",
    b"\\",
    b"\0",
    b"\xff",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xf4\x90\x80\x80",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"1e999",
    b"-0",
    b"1e-7",
    b"0.1",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"99999999999999999999999999999999999",
    b"253402300800",
    b"-62135596801",
    b"{}",
    b"[]",
    b"[[[[[[[[[[",
    b"\"id\":",
    b"\"id\":\"evt_2\",",
    b"\"object\":\"event\",",
    b"\"customer\":null,",
    b"\"data\":{},",
    b"\"amount\":-1,",
    b"\"currency\":\"\",",
    b"\"currency\":\"jpy\",",
    b"\"created\":1e3,",
    b"\"user_id\":\"\\ud800\",",
    b"\"email\":\"a@b\\u0000\",",
    b"\r\n",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
];

/// The bodies of a sender, with their names.
pub(super) fn bodies(sender: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src-tauri/tests/fuzz/corpus")
        .join(sender);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    assert!(files.len() >= 5, "{} is nearly empty", folder.display());
    files
        .iter()
        .map(|file| std::fs::read(file).expect("a file"))
        .collect()
}

/// A change to bytes.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Replace(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize),
    Cut(Index),
}

impl Change {
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        let place = |index: &Index, bytes: &[u8]| index.index(bytes.len().max(1));
        let range = |index: &Index, length: usize, bytes: &[u8]| {
            let from = place(index, bytes).min(bytes.len());
            from..(from + length).min(bytes.len())
        };
        match self {
            Self::Replace(index, byte) => {
                let at = place(index, bytes);
                if let Some(there) = bytes.get_mut(at) {
                    *there = *byte;
                }
            }
            Self::Insert(index, piece) => {
                let at = place(index, bytes).min(bytes.len());
                bytes.splice(at..at, piece.iter().copied());
            }
            Self::Remove(index, length) => {
                bytes.drain(range(index, *length, bytes));
            }
            Self::Repeat(index, length) => {
                let range = range(index, *length, bytes);
                let again = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, again);
            }
            Self::Cut(index) => bytes.truncate(place(index, bytes)),
        }
    }
}

pub(super) fn change() -> impl Strategy<Value = Change> {
    let piece = select(PIECES).prop_map(<[u8]>::to_vec);
    Union::new_weighted(vec![
        (
            3,
            (any::<Index>(), any::<u8>())
                .prop_map(|(at, byte)| Change::Replace(at, byte))
                .boxed(),
        ),
        (
            6,
            (any::<Index>(), piece)
                .prop_map(|(at, piece)| Change::Insert(at, piece))
                .boxed(),
        ),
        (
            2,
            (any::<Index>(), 1..40_usize)
                .prop_map(|(at, length)| Change::Remove(at, length))
                .boxed(),
        ),
        (
            1,
            (any::<Index>(), 1..40_usize)
                .prop_map(|(at, length)| Change::Repeat(at, length))
                .boxed(),
        ),
        (1, any::<Index>().prop_map(Change::Cut).boxed()),
    ])
}

/// A body: one of the corpus, as it is or changed; JSON that nobody ever sent; or no JSON at all.
pub(super) fn body(sender: &str) -> BoxedStrategy<Vec<u8>> {
    let known = select(bodies(sender));
    let changed = (known.clone(), vec(change(), 1..6)).prop_map(|(mut body, changes)| {
        for change in &changes {
            change.apply(&mut body);
        }
        body
    });
    Union::new_weighted(vec![
        (1, known.boxed()),
        (8, changed.boxed()),
        (3, json().boxed()),
        (1, vec(any::<u8>(), 0..200).boxed()),
        (1, deep().boxed()),
    ])
    .boxed()
}

/// JSON as text, with every kind of text in it.
fn json() -> impl Strategy<Value = Vec<u8>> {
    let text = "\"([a-z_]|é|😀|\\\\u0000|\\\\ud[89a-f]00|\\\\u00e9|\\\\n|\\\\\\\\){0,12}\"";
    let known = select(vec![
        "\"id\"",
        "\"object\"",
        "\"type\"",
        "\"data\"",
        "\"customer\"",
        "\"user_id\"",
        "\"email\"",
    ]);
    let key = Union::new(vec![text.boxed(), known.prop_map(str::to_owned).boxed()]);
    let leaf = Union::new(vec![
        text.boxed(),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?(e[+-]?[0-9]{1,3})?".boxed(),
        select(vec!["null", "true", "false"])
            .prop_map(str::to_owned)
            .boxed(),
    ]);
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let fields = vec((key.clone(), inner.clone()), 0..6).prop_map(|fields| {
            let fields: Vec<_> = fields
                .into_iter()
                .map(|(key, value)| format!("{key}:{value}"))
                .collect();
            format!("{{{}}}", fields.join(","))
        });
        let list = vec(inner, 0..6).prop_map(|list| format!("[{}]", list.join(",")));
        Union::new(vec![fields.boxed(), list.boxed()])
    })
    .prop_map(String::into_bytes)
}

/// Much of little: what takes most memory for its length.
fn deep() -> impl Strategy<Value = Vec<u8>> {
    let piece = select(vec![
        "[",
        "{\"\":",
        "[0],",
        "{\"\":0},",
        "\"\",",
        "0,",
        "\\ud800",
        "[[]],",
    ]);
    (piece, 1..4_000_usize, any::<bool>()).prop_map(|(piece, times, listed)| {
        let many = piece.repeat(times);
        if listed {
            format!("[{many}0]").into_bytes()
        } else {
            many.into_bytes()
        }
    })
}
