//! The console's window as the display knows it: closed as a person does, clicked with a mouse that has side
//! buttons, and gone.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ClientMessageEvent,
    ConnectionExt as _, EventMask, ImageFormat, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    MOTION_NOTIFY_EVENT, MapState, Window as Id,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// The window of a process is asked to close, as by the button in its corner.
pub(super) fn close_politely(program: u32) {
    let (screen, root) = display();
    let protocols = atom(&screen, "WM_PROTOCOLS");
    let delete = atom(&screen, "WM_DELETE_WINDOW");
    let window = window_of(&screen, root, program);
    let event = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
    let sent = screen.send_event(false, window, EventMask::NO_EVENT, event);
    sent.expect("X11").check().expect("the message is sent");
}

/// Presses and releases a button of the mouse, as its driver numbers them (8 is back, 9 forward), somewhere on
/// the window of a process.
pub(super) fn press_button(program: u32, button: u8) {
    let (screen, root) = display();
    let window = window_of(&screen, root, program);
    let place = screen.translate_coordinates(window, root, 300, 300);
    let place = place.expect("X11").reply().expect("where it is");
    let happens = |what, detail, x, y| {
        let sent = screen.xtest_fake_input(what, detail, x11rb::CURRENT_TIME, root, x, y, 0);
        sent.expect("X11").check().expect("the display has XTEST");
    };
    happens(MOTION_NOTIFY_EVENT, 0, place.dst_x, place.dst_y);
    happens(BUTTON_PRESS_EVENT, button, 0, 0);
    happens(BUTTON_RELEASE_EVENT, button, 0, 0);
}

/// What the window of a process looks like, whether or not its driver can still tell. Nothing is pointed at.
pub(super) fn picture(program: u32) -> Picture {
    let (screen, root) = display();
    let window = window_of(&screen, root, program);
    let corner = screen.get_geometry(root).expect("X11").reply();
    let corner = corner.expect("the screen");
    let (x, y) = (corner.width.cast_signed(), corner.height.cast_signed());
    let sent = screen.xtest_fake_input(MOTION_NOTIFY_EVENT, 0, x11rb::CURRENT_TIME, root, x, y, 0);
    sent.expect("X11").check().expect("the display has XTEST");
    let size = screen.get_geometry(window).expect("X11").reply();
    let size = size.expect("its size");
    let format = ImageFormat::Z_PIXMAP;
    let image = screen.get_image(format, window, 0, 0, size.width, size.height, u32::MAX);
    Picture {
        width: size.width.into(),
        bytes: image.expect("X11").reply().expect("its picture").data,
    }
}

/// Pixels, four bytes each, line by line.
pub(crate) struct Picture {
    width: usize,
    bytes: Vec<u8>,
}

/// A part of a picture, in pixels from its upper left corner.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Picture {
    /// Whether a part of it is the same in another one.
    pub(crate) fn has(&self, part: Part, of: &Self) -> bool {
        let line = |picture: &Self, number: usize| {
            let first = (number * picture.width + part.left) * 4;
            picture
                .bytes
                .get(first..first + part.width * 4)
                .map(<[u8]>::to_vec)
        };
        (part.top..part.top + part.height)
            .all(|number| line(self, number).is_some() && line(self, number) == line(of, number))
    }
}

/// Types into the window of a class until it has gone. Keys are X11's keysyms, which for letters are their
/// characters; each try begins by marking what the one before may have left.
pub(crate) fn type_away(class: &str, keys: &[u32]) {
    const CONTROL: u32 = 0xffe3;
    let (screen, root) = display();
    let mut looks = 0;
    while windows_of(&screen, root, class).is_empty() {
        looks += 1;
        assert!(looks < 1_600, "no window of {class} came");
        sleep(Duration::from_millis(25));
    }
    let mut tries = 0;
    while !windows_of(&screen, root, class).is_empty() {
        tries += 1;
        assert!(tries < 100, "{class} does not go");
        strike(&screen, root, KEY_PRESS_EVENT, CONTROL);
        press(&screen, root, u32::from('a'));
        strike(&screen, root, KEY_RELEASE_EVENT, CONTROL);
        for key in keys {
            press(&screen, root, *key);
        }
        // It may need a moment for the keyboard to be its own, and for what was typed.
        sleep(Duration::from_millis(400));
    }
}

fn press(screen: &RustConnection, root: Id, key: u32) {
    strike(screen, root, KEY_PRESS_EVENT, key);
    strike(screen, root, KEY_RELEASE_EVENT, key);
}

fn strike(screen: &RustConnection, root: Id, what: u8, key: u32) {
    let (first, last) = (screen.setup().min_keycode, screen.setup().max_keycode);
    let mapping = screen.get_keyboard_mapping(first, last - first + 1);
    let mapping = mapping.expect("X11").reply().expect("the keys");
    let each = usize::from(mapping.keysyms_per_keycode);
    let place = mapping
        .keysyms
        .chunks(each)
        .position(|keys| keys.contains(&key));
    let code = first + u8::try_from(place.expect("the keyboard has the key")).expect("a code");
    let sent = screen.xtest_fake_input(what, code, x11rb::CURRENT_TIME, root, 0, 0, 0);
    sent.expect("X11").check().expect("the display has XTEST");
}

fn windows_of(screen: &RustConnection, root: Id, class: &str) -> Vec<Id> {
    let mut windows = Vec::new();
    below(screen, root, &mut windows);
    windows.retain(|window| {
        let name = screen.get_property(false, *window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64);
        let named = name.ok().and_then(|cookie| cookie.reply().ok());
        let shown = screen
            .get_window_attributes(*window)
            .ok()
            .and_then(|cookie| cookie.reply().ok());
        named.is_some_and(|name| name.value.starts_with(class.as_bytes()))
            && shown.is_some_and(|found| found.map_state == MapState::VIEWABLE)
    });
    windows
}

fn display() -> (RustConnection, Id) {
    let (screen, number) = x11rb::connect(None).expect("a display");
    let root = screen.setup().roots[number].root;
    (screen, root)
}

fn atom(screen: &RustConnection, name: &str) -> Atom {
    let cookie = screen.intern_atom(false, name.as_bytes()).expect("X11");
    cookie.reply().expect("an atom").atom
}

fn below(screen: &RustConnection, window: Id, all: &mut Vec<Id>) {
    let tree = screen.query_tree(window).expect("X11").reply();
    for child in tree.map(|tree| tree.children).unwrap_or_default() {
        all.push(child);
        below(screen, child, all);
    }
}

/// The one window of a process that a person can close.
fn window_of(screen: &RustConnection, root: Id, program: u32) -> Id {
    let pid = atom(screen, "_NET_WM_PID");
    let protocols = atom(screen, "WM_PROTOCOLS");
    let delete = atom(screen, "WM_DELETE_WINDOW");
    let mut windows = Vec::new();
    below(screen, root, &mut windows);
    windows.retain(|window| {
        let read = |property, kind| {
            let cookie = screen.get_property(false, *window, property, kind, 0, 64);
            let reply = cookie.ok()?.reply().ok()?;
            Some(reply.value32()?.collect::<Vec<u32>>())
        };
        let of_program = read(pid, AtomEnum::CARDINAL).is_some_and(|pids| pids == [program]);
        let closable = read(protocols, AtomEnum::ATOM).is_some_and(|atoms| atoms.contains(&delete));
        // A hint that hangs over the window is one, too, and manages itself.
        let shown = screen
            .get_window_attributes(*window)
            .ok()
            .and_then(|cookie| cookie.reply().ok())
            .is_some_and(|found| found.map_state == MapState::VIEWABLE && !found.override_redirect);
        of_program && closable && shown
    });
    match windows.as_slice() {
        [window] => *window,
        others => panic!("the program has one window, not {}", others.len()),
    }
}

/// Whether a program still runs.
pub(super) fn is_running(program: u32) -> bool {
    // An ended program stays in the list until its driver has noticed.
    let status = fs::read_to_string(format!("/proc/{program}/stat")).unwrap_or_default();
    let state = status
        .rsplit_once(") ")
        .map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}
