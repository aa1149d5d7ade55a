//! Closes the console as a person does, through its window, and knows when it is gone.

use std::fs;

/// The window of a process is asked to close, as by the button in its corner.
pub(super) fn close_politely(program: u32) {
    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{
        Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, MapState, Window as Id,
    };
    use x11rb::rust_connection::RustConnection;

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

    let (screen, number) = x11rb::connect(None).expect("a display");
    let pid = atom(&screen, "_NET_WM_PID");
    let protocols = atom(&screen, "WM_PROTOCOLS");
    let delete = atom(&screen, "WM_DELETE_WINDOW");
    let mut windows = Vec::new();
    below(&screen, screen.setup().roots[number].root, &mut windows);
    let mut asked = 0;
    for window in windows {
        let read = |property, kind| {
            let cookie = screen.get_property(false, window, property, kind, 0, 64);
            let reply = cookie.ok()?.reply().ok()?;
            Some(reply.value32()?.collect::<Vec<u32>>())
        };
        let of_program = read(pid, AtomEnum::CARDINAL).is_some_and(|pids| pids == [program]);
        let closable = read(protocols, AtomEnum::ATOM).is_some_and(|atoms| atoms.contains(&delete));
        // A hint that hangs over the window is one, too, and manages itself.
        let shown = screen
            .get_window_attributes(window)
            .ok()
            .and_then(|cookie| cookie.reply().ok())
            .is_some_and(|found| found.map_state == MapState::VIEWABLE && !found.override_redirect);
        if of_program && closable && shown {
            let event = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
            let sent = screen.send_event(false, window, EventMask::NO_EVENT, event);
            sent.expect("X11").check().expect("the message is sent");
            asked += 1;
        }
    }
    assert_eq!(asked, 1, "the program has one window");
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
