//! How large a request is, and how old what it is about.
use crate::error::GateError;
use crate::time::whole_us;

/// As it came; the numbers need not be in range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    pub elements: f64,
    pub age_us: f64,
}

/// Of a request that says nothing of it: one element, and the age that costs most.
impl Default for Extent {
    fn default() -> Self {
        Self {
            elements: 1.0,
            age_us: 0.0,
        }
    }
}

impl Extent {
    #[inline]
    pub(crate) fn size(self) -> Result<Size, GateError> {
        if self == Self::default() {
            return Ok(Size::default());
        }
        let elements = whole_us(self.elements).filter(|elements| (1..=u64::from(u16::MAX)).contains(elements));
        Ok(Size {
            elements: elements.ok_or(GateError::Elements)?,
            age_us: whole_us(self.age_us).ok_or(GateError::Time)?,
        })
    }
}

/// The same in range: 1 to 65,535 elements, whole microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) elements: u64,
    pub(crate) age_us: u64,
}

impl Default for Size {
    fn default() -> Self {
        Self { elements: 1, age_us: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_from_1_to_65535_elements_and_an_age_of_whole_microseconds() {
        let size = |elements, age_us| Extent { elements, age_us }.size();
        for (elements, is_right) in [
            (0.0, false),
            (1.0, true),
            (65_535.0, true),
            (65_536.0, false),
            (1.5, false),
            (f64::NAN, false),
        ] {
            let expected = if is_right { None } else { Some(GateError::Elements) };
            assert_eq!(size(elements, 7.0).err(), expected, "{elements}");
        }
        assert_eq!(size(1.0, -1.0), Err(GateError::Time));
        assert_eq!(size(0.0, -1.0), Err(GateError::Elements), "they are looked at first");
        assert_eq!(size(3.0, 5.0), Ok(Size { elements: 3, age_us: 5 }));
        assert_eq!(Extent::default().size(), Ok(Size::default()));
    }
}
