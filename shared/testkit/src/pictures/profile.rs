//! Colour profiles of a matrix and curves, as ICC.1 (version 4) writes them.

/// A profile by its primaries (ICC's own values, relative to D50) and its curve.
#[derive(Debug, Clone, Copy)]
pub enum Space {
    /// Display P3: the primaries of DCI-P3 and the curve of sRGB.
    DisplayP3,
    /// Adobe RGB (1998).
    AdobeRgb,
}

impl Space {
    /// Red, green and blue, each as X, Y and Z.
    const fn primaries(self) -> [[f64; 3]; 3] {
        match self {
            Self::DisplayP3 => [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]],
            Self::AdobeRgb => [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]],
        }
    }

    /// A parametric curve: its function, and the parameters.
    fn curve(self) -> Vec<u8> {
        let (function, parameters) = match self {
            Self::DisplayP3 => (3_u16, &[2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045][..]),
            Self::AdobeRgb => (0, &[2.199_218_75][..]),
        };
        let parameters = parameters.iter().flat_map(|parameter| fixed(*parameter));
        [&b"para\0\0\0\0"[..], &function.to_be_bytes(), &[0; 2]].concat().into_iter().chain(parameters).collect()
    }
}

/// A profile for displays.
pub fn profile(space: Space) -> Vec<u8> {
    let xyz = |[x, y, z]: [f64; 3]| [&b"XYZ \0\0\0\0"[..], &fixed(x), &fixed(y), &fixed(z)].concat();
    let [red, green, blue] = space.primaries();
    let white = [0.9642, 1.0, 0.8249];
    let tags = [
        (*b"wtpt", xyz(white)),
        (*b"rXYZ", xyz(red)),
        (*b"gXYZ", xyz(green)),
        (*b"bXYZ", xyz(blue)),
        (*b"rTRC", space.curve()),
        (*b"gTRC", space.curve()),
        (*b"bTRC", space.curve()),
    ];
    let (mut table, mut data) = (length(tags.len()).to_vec(), Vec::new());
    let data_at = 128 + 4 + 12 * tags.len();
    for (name, value) in &tags {
        table.extend([&name[..], &length(data_at + data.len()), &length(value.len())].concat());
        data.extend(value);
    }
    let [x, y, z] = white.map(fixed);
    let header = [
        &length(data_at + data.len())[..],
        &[0; 4],
        &[4, 0x40, 0, 0],
        b"mntrRGB XYZ ",
        &[7, 0xea, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0],
        b"acsp",
        &[0; 28],
        &x,
        &y,
        &z,
        &[0; 48],
    ]
    .concat();
    assert_eq!(header.len(), 128, "ICC.1, section 7.2");
    [header, table, data].concat()
}

/// A number with sixteen bits behind the point.
fn fixed(number: f64) -> [u8; 4] {
    #[expect(clippy::cast_possible_truncation, reason = "the numbers above are small")]
    let fixed = (number * 65_536.0).round() as i32;
    fixed.to_be_bytes()
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).expect("a small profile").to_be_bytes()
}
