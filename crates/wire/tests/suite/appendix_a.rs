//! RFC 8949 Appendix A: what of it is our subset comes back byte for byte, all
//! the rest is refused.

use data_encoding::HEXLOWER;
use wire::cbor::{self, Value};

use crate::support::files;

/// Cases of our subset. The other 45: 22 floats, 8 tags, 4 simple values, and 11
/// items of indefinite length.
const OURS: usize = 37;

#[test]
fn ours_comes_back_and_the_rest_is_refused() {
    let Some(cases) = files::foreign("cbor/appendix_a.json") else {
        return;
    };
    let cases = cases.as_array().unwrap();
    let mut taken = 0;
    for case in cases {
        let hex = case["hex"].as_str().unwrap();
        let bytes = HEXLOWER.decode(hex.as_bytes()).unwrap();
        let ours = is_ours(hex, case);
        match cbor::from_slice::<Value>(&bytes) {
            Ok(value) => {
                assert!(ours, "{hex} is taken");
                assert_eq!(cbor::to_vec(&value).unwrap(), bytes, "{hex}");
                assert_eq!(
                    cbor::to_vec(&cbor::to_value(&value).unwrap()).unwrap(),
                    bytes
                );
                taken += 1;
            }
            Err(error) => assert!(!ours, "{hex}: {error}"),
        }
    }
    assert_eq!(cases.len(), 82);
    assert_eq!(taken, OURS);
}

/// By the list's own words: `roundtrip` says that the shortest definite encoding
/// is shown; a float or a special has its leading byte, a tag too.
fn is_ours(hex: &str, case: &serde_json::Value) -> bool {
    let leading = u8::from_str_radix(&hex[..2], 16).unwrap();
    let special = matches!(leading, 0xc0..=0xf3 | 0xf7..=0xff);
    case["roundtrip"].as_bool().unwrap() && !special
}
