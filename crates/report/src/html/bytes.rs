//! Bytes of a page that are still to be had.

/// Takes `size` of `room`, if there is as much.
pub(super) fn fits(room: &mut usize, size: usize) -> bool {
    let left = room.checked_sub(size);
    *room = left.unwrap_or(*room);
    left.is_some()
}
