//! JPEGs that the encoder at hand does not write: of blocks of one colour each, so that a block is one number.

/// A progressive JPEG in grey, of so many blocks of eight pixels.
pub fn progressive_jpeg(blocks_wide: u16, blocks_high: u16) -> Vec<u8> {
    jpeg_of(blocks_wide, blocks_high, 1, true)
}

/// A JPEG in four inks, as printers have them.
pub fn cmyk_jpeg(blocks_wide: u16, blocks_high: u16) -> Vec<u8> {
    jpeg_of(blocks_wide, blocks_high, 4, false)
}

fn jpeg_of(blocks_wide: u16, blocks_high: u16, components: u8, progressive: bool) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    if components == 4 {
        // Adobe's note that the four are inks, as they are.
        segment(&mut file, 0xee, b"Adobe\0\x64\0\0\0\0\0");
    }
    // Quantised by one, so that a number is what it says.
    segment(&mut file, 0xdb, &[&[0][..], &[1; 64]].concat());
    let [high, wide] = [blocks_high * 8, blocks_wide * 8].map(u16::to_be_bytes);
    let frame = (1..=components).flat_map(|id| [id, 0x11, 0]);
    let frame: Vec<_> = [8].into_iter().chain(high).chain(wide).chain([components]).chain(frame).collect();
    segment(&mut file, if progressive { 0xc2 } else { 0xc0 }, &frame);
    // Twelve lengths of numbers with a code of four bits each, and one code for the end of a block.
    segment(&mut file, 0xc4, &[&[0, 0, 0, 0, 12][..], &[0; 12], &(0..12).collect::<Vec<u8>>()].concat());
    segment(&mut file, 0xc4, &[&[0x10, 1][..], &[0; 15], &[0]].concat());
    let scan = (1..=components).flat_map(|id| [id, 0]);
    let last = if progressive { 0 } else { 63 };
    segment(&mut file, 0xda, &[components].into_iter().chain(scan).chain([0, last, 0]).collect::<Vec<_>>());
    file.extend(blocks(blocks_wide, blocks_high, components, progressive));
    file.extend([0xff, 0xd9]);
    file
}

fn segment(file: &mut Vec<u8>, marker: u8, data: &[u8]) {
    let length = u16::try_from(data.len() + 2).expect("a short segment");
    file.extend([0xff, marker]);
    file.extend(length.to_be_bytes());
    file.extend(data);
}

/// The blocks of a scan, each as the difference to the one before it.
fn blocks(wide: u16, high: u16, components: u8, progressive: bool) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut before = vec![0_i32; usize::from(components)];
    for (x, y) in (0..high).flat_map(|y| (0..wide).map(move |x| (x, y))) {
        for (component, before) in (0_i32..).zip(before.iter_mut()) {
            let level = (i32::from(x) * 40 + i32::from(y) * 25 + component * 30) % 200 - 100;
            let difference = level * 8 - *before;
            *before = level * 8;
            let length = 32 - difference.unsigned_abs().leading_zeros();
            push(&mut bits, length, 4);
            let number = if difference < 0 { difference - 1 } else { difference };
            push(&mut bits, number.cast_unsigned(), length);
            if !progressive {
                push(&mut bits, 0, 1);
            }
        }
    }
    // Filled up with ones; a byte of ones only is followed by a zero.
    bits.resize(bits.len().next_multiple_of(8), true);
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    bits.chunks(8).map(byte).flat_map(|byte| if byte == 0xff { vec![0xff, 0] } else { vec![byte] }).collect()
}

fn push(bits: &mut Vec<bool>, number: u32, length: u32) {
    bits.extend((0..length).rev().map(|at| number >> at & 1 == 1));
}
