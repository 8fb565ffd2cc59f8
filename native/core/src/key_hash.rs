//! The keyed hash under which a gate keeps its keys: HalfSipHash-1-3 with 64 bits of output (Aumasson and Bernstein),
//! since whoever chooses ids must not be able to choose slots.
use std::fmt;
use std::num::NonZeroU64;

/// Key of the hash, drawn at random for a gate. Who knows it can make ids that share a slot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashSecret {
    pub k0: u32,
    pub k1: u32,
}

/// Shows nothing of it.
impl fmt::Debug for HashSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HashSecret")
    }
}

/// Hash of an id, never 0, so that a table may write an empty slot as 0. Two ids of one hash share their counters,
/// which throttles both sooner and neither later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyHash(NonZeroU64);

impl KeyHash {
    pub(crate) fn new(lo: u32, hi: u32) -> Self {
        Self(NonZeroU64::new(u64::from(hi) << 32 | u64::from(lo)).unwrap_or(NonZeroU64::MIN))
    }

    /// Never 0.
    pub(crate) fn get(self) -> u64 {
        self.0.get()
    }

    /// The first four bytes of the output, as a little-endian number.
    pub(crate) fn lo(self) -> u32 {
        let [a, b, c, d, ..] = self.0.get().to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    /// The last four bytes of the output.
    pub(crate) fn hi(self) -> u32 {
        let [.., a, b, c, d] = self.0.get().to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}

pub(crate) fn key_hash(secret: HashSecret, bytes: &[u8]) -> KeyHash {
    let [lo, hi] = half_sip_hash::<1, 3>(secret, bytes);
    KeyHash::new(lo, hi)
}

/// `C` rounds for a word of input, `D` rounds for each word of output.
#[inline]
fn half_sip_hash<const C: usize, const D: usize>(secret: HashSecret, bytes: &[u8]) -> [u32; 2] {
    let mut state = HalfSip([
        secret.k0,
        secret.k1 ^ 0xee,
        0x6c79_6765 ^ secret.k0,
        0x7465_6462 ^ secret.k1,
    ]);
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        state.absorb::<C>(u32::from_le_bytes(*word));
    }
    let mut last = [0, 0, 0, bytes.len().to_le_bytes()[0]];
    for (byte, rest) in last.iter_mut().zip(rest) {
        *byte = *rest;
    }
    state.absorb::<C>(u32::from_le_bytes(last));
    state.0[2] ^= 0xee;
    let lo = state.squeeze::<D>();
    state.0[1] ^= 0xdd;
    [lo, state.squeeze::<D>()]
}

struct HalfSip([u32; 4]);

impl HalfSip {
    #[inline]
    fn absorb<const ROUNDS: usize>(&mut self, word: u32) {
        self.0[3] ^= word;
        self.rounds::<ROUNDS>();
        self.0[0] ^= word;
    }

    #[inline]
    fn squeeze<const ROUNDS: usize>(&mut self) -> u32 {
        self.rounds::<ROUNDS>();
        self.0[1] ^ self.0[3]
    }

    #[inline]
    fn rounds<const ROUNDS: usize>(&mut self) {
        let [mut v0, mut v1, mut v2, mut v3] = self.0;
        for _ in 0..ROUNDS {
            v0 = v0.wrapping_add(v1);
            v1 = v1.rotate_left(5) ^ v0;
            v0 = v0.rotate_left(16);
            v2 = v2.wrapping_add(v3);
            v3 = v3.rotate_left(8) ^ v2;
            v0 = v0.wrapping_add(v3);
            v3 = v3.rotate_left(7) ^ v0;
            v2 = v2.wrapping_add(v1);
            v1 = v1.rotate_left(13) ^ v2;
            v2 = v2.rotate_left(16);
        }
        self.0 = [v0, v1, v2, v3];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: HashSecret = HashSecret {
        k0: 0x0302_0100,
        k1: 0x0706_0504,
    };

    /// `vectors_hsip64` of the reference implementation: the output for 0, 1 ... 63 bytes that count up from 0.
    const HALF_SIP_HASH_2_4: [u64; 64] = [
        0x218d_1f59_b9b8_3cc8,
        0xbe55_2412_f838_7315,
        0x064f_39ef_7c50_eb57,
        0xce0f_1a45_f706_0679,
        0xd5e7_8a17_5be5_2ea1,
        0xcb9d_7c3f_2f3d_b580,
        0xce3e_9135_8aa2_bc25,
        0xff20_2728_b07b_c684,
        0xedfe_e820_bce4_858c,
        0x5b51_cccc_1388_8307,
        0x95b0_469f_06a6_f2ee,
        0xae26_3339_94dd_cd48,
        0x7bc7_1f9f_aef5_c799,
        0x5a23_52d7_5a0c_3744,
        0x3bb1_a870_eae8_e658,
        0x217d_0bcb_4e81_c902,
        0x7336_aad2_5f7b_f3b5,
        0x37ad_c064_1c4c_4f6a,
        0xc9b2_db2b_9a3e_42f9,
        0xf910_e480_20ab_363c,
        0x1bf5_2b0a_6fee_a7db,
        0x0074_1dc2_69e8_b3ef,
        0xe201_03fa_1ba7_76ef,
        0x4c22_10e5_4b68_1d73,
        0x7074_1045_ae3f_a6f1,
        0x0c86_4037_3971_4038,
        0x0d89_9ed8_1129_23f0,
        0x226b_f5fa_b81e_e1b8,
        0x2d92_5ffb_1e00_16b5,
        0x3619_58d5_2cee_10f1,
        0x291a_af86_4898_179d,
        0x863c_7f15_5c34_117c,
        0x2870_9d46_d811_626c,
        0x2484_7768_1d28_f89c,
        0x8324_e4d7_528f_9830,
        0xf9ef_d4e1_3aea_6bd8,
        0x86d6_7a40_ec42_76dc,
        0x3f62_92ec_cca9_7e35,
        0xcbd9_2ee7_24d4_2109,
        0x368d_f680_8d40_3d79,
        0x5b38_c81c_67c8_ae4c,
        0x95ab_7189_d439_acb3,
        0xa91a_52c0_2532_7024,
        0x5b00_87c6_9528_acea,
        0x1e30_f3ad_27dc_b15a,
        0x697f_5c9a_9032_4ed4,
        0x495c_0f99_5557_dc38,
        0x9427_202a_3c29_f94d,
        0xa9ea_a8c0_4ba9_3e3e,
        0xeea4_c173_7d01_1218,
        0x912d_568f_d8f6_5a49,
        0x5691_9596_b0ff_5c97,
        0x0244_5a79_98f5_50e1,
        0x86ec_466c_e71d_1fb2,
        0x3595_69e7_d289_e3bc,
        0x871b_05ca_62bb_7c96,
        0xa1a4_92f9_42f1_5f1d,
        0x12ec_267f_f609_5b6e,
        0x5d1b_5ea1_b231_d89d,
        0xd8cf_b445_3f92_ee54,
        0xd676_2890_bf26_e460,
        0x3135_63a4_b7ed_5cf3,
        0xf90b_3ab5_72d4_6693,
        0x2ea6_3c71_bf32_6087,
    ];

    fn counting(length: usize) -> Vec<u8> {
        (0..=u8::MAX).cycle().take(length).collect()
    }

    fn output_bytes([lo, hi]: [u32; 2]) -> u64 {
        u64::from(lo.swap_bytes()) << 32 | u64::from(hi.swap_bytes())
    }

    #[test]
    fn gives_the_published_output_with_2_and_4_rounds() {
        for (length, expected) in HALF_SIP_HASH_2_4.into_iter().enumerate() {
            let output = half_sip_hash::<2, 4>(SECRET, &counting(length));
            assert_eq!(output_bytes(output), expected, "{length} bytes");
        }
    }

    /// Made with the reference implementation, compiled for 1 and 3 rounds.
    #[test]
    fn hashes_keys_with_1_and_3_rounds() {
        for (length, expected) in [
            (0, 0x76a5_d021_2320_f72a),
            (1, 0x87e8_748d_6fd3_3397),
            (2, 0x78ee_1fe1_5d3c_d732),
            (3, 0x3e52_39a3_6bde_6c3e),
            (4, 0xeb24_dba0_718c_ae05),
            (15, 0x165b_dfa6_26a2_729a),
            (16, 0x56d7_c5b9_3d3e_2ec2),
            (63, 0x3c12_c420_1914_c5c1),
            (256, 0x43b5_42fd_e685_8b9f),
        ] {
            let hash = key_hash(SECRET, &counting(length));
            assert_eq!(output_bytes([hash.lo(), hash.hi()]), expected, "{length} bytes");
        }
    }

    #[test]
    fn a_hash_is_never_0_and_keeps_both_its_words() {
        assert_eq!((KeyHash::new(0, 0).lo(), KeyHash::new(0, 0).hi()), (1, 0));
        assert_eq!((KeyHash::new(0, 7).lo(), KeyHash::new(0, 7).hi()), (0, 7));
        assert_eq!((KeyHash::new(7, 0).lo(), KeyHash::new(7, 0).hi()), (7, 0));
    }

    #[test]
    fn shows_no_secret() {
        assert_eq!(format!("{SECRET:?}"), "HashSecret");
    }
}
