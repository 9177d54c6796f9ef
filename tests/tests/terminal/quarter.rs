//! A quarter in the screens of all three levels: filled, submitted, returned,
//! corrected, accepted, consolidated, verified from the source, signed.

use quanho_tests::{Node, World};
use serde_json::json;

use crate::drive::{AT, CLERK, Terminal};
use crate::fill::{fill, write_difficulties};

const FACILITY: &str = "byt.24.07210";
const REMARK: &str = "Ghi cả người làm hợp đồng";

/// The Bộ, the Sở and a station that has just joined. Nobody has met anybody.
fn enrol(world: &World) -> [Node; 3] {
    let bo = world.bo("bo").at(AT);
    let so = world.so("so").at(AT);
    let station = world.hospital("station").at(AT);
    let init = ["init", "--rehearsal", "--name", "Bộ Y tế"];
    bo.ok(&[&init[..], &["--person", "Hoàng Thị Em"]].concat());
    so.join(&bo.invite("byt.24", "Sở Y tế Bắc Ninh", None), "Chị Sở");
    station.join(&so.invite(FACILITY, "Trạm Y tế Kinh Bắc", None), CLERK);
    [bo, so, station]
}

#[test]
fn a_quarter_in_the_screens_of_all_three_levels() {
    let world = World::new();
    let [bo, so, station] = enrol(&world);
    let Some(facility) = Terminal::open(&station) else {
        return;
    };

    // The whole report and the head's signature, with no network at all.
    facility.open_report();
    facility.unlock();
    facility.press("Escape");
    facility.until(&["Enter sửa"]);
    let answered = fill(&facility);
    assert_eq!(answered.first(), Some(&"A1"));
    assert_eq!(answered.len(), 20, "{answered:?}");
    write_difficulties(&facility);
    submit(&facility);
    facility.until(&["đã nộp", "ngoại tuyến"]);

    // The receipt comes once the Sở is there, whichever process asks for it.
    let bo_serves = bo.serve();
    so.ok(&["sync", "--address", bo_serves.address()]);
    let so_serves = so.serve();
    station.ok(&["sync", "--address", so_serves.address()]);
    facility.until(&["Sở Y tế Bắc Ninh đã nhận", "đúng hạn"]);

    let Some(office) = Terminal::open(&so) else {
        return;
    };
    returned(&office);
    corrected(&facility);
    accepted_and_consolidated(&office);
    // What the facility sees of it in the end.
    facility.press("s");
    facility.until(&["đã duyệt"]);

    let Some(ministry) = Terminal::open(&bo) else {
        return;
    };
    the_nation(&ministry);

    let report = station.show();
    assert_eq!(report["state"], "accepted", "{report}");
    assert_eq!(report["answers"]["B4"], 95);
    let national = bo.ok(&["rollup", "show", "--period", "2026-Q2"]);
    assert_eq!(
        national["aggregates"]["B4"],
        json!({ "sum": 95 }),
        "{national}"
    );
    so_serves.stop();
    bo_serves.stop();
}

/// The head signs what stands there.
#[track_caller]
fn submit(facility: &Terminal) {
    facility.press("C-s");
    facility.until(&["Nộp báo cáo", "Trạm Y tế Kinh Bắc, quý II/2026"]);
    facility.passphrase();
    facility.until(&["Đã ký và nộp báo cáo"]);
}

/// The reviewer finds the report on the board, and returns it with a remark on B4.
#[track_caller]
fn returned(office: &Terminal) {
    office.until(&["Đã nhận 1/1", "› Trạm Y tế Kinh Bắc", "chờ duyệt"]);
    office.press("Enter");
    office.until(&["Thẩm định", "A1", "Nguyễn Thị Lan, cán"]);
    office.press("/");
    office.until(&["Tìm (không cần dấu)"]);
    office.write("pho bien b4");
    office.until(&["Số người được phổ", "(đang ẩn"]);
    office.press("Enter");
    office.press("c");
    office.until(&["Ý kiến về B4"]);
    office.write(REMARK);
    office.until(&[&format!("> {REMARK}")]);
    office.press("Enter");
    office.until(&["1 ý kiến chưa gửi", "(chưa gửi)"]);
    office.press("r");
    office.until(&["Trả lại báo cáo"]);
    office.passphrase();
    office.until(&["bị trả lại", "Chị Sở"]);
}

/// The facility finds the remark at its field, corrects, and submits again.
#[track_caller]
fn corrected(facility: &Terminal) {
    facility.press("s");
    facility.until(&["bị trả lại", "1 ý kiến của cấp trên"]);
    facility.press("c");
    facility.until(&["Ý kiến của cấp trên", &format!("B4: {REMARK} (Chị Sở")]);
    facility.press("Enter");
    facility.until(&["›√»B4*", &format!("» {REMARK}")]);
    facility.answer("95", "95", "95");
    submit(facility);
    facility.until(&["quý II/2026 · đã nộp", "Sở Y tế Bắc Ninh đã nhận"]);
}

/// The reviewer, who still reads what was returned, is told of the correction, sees
/// what it changed, and accepts; the head signs the sum.
#[track_caller]
fn accepted_and_consolidated(office: &Terminal) {
    office.until(&["nộp bản mới hơn", "Hiện tại: 90"]);
    office.press("F5");
    office.until(&["đã nộp", "Lần nộp trước: 90", "Hiện tại: 95"]);
    office.press("a");
    office.until(&["Đã duyệt báo cáo"]);
    office.press("2");
    office.until(&["Tổng hợp", "Chưa ký.", "Đã nhận 1/1"]);
    office.press("C-s");
    office.until(&["Ký bản tổng hợp"]);
    office.passphrase();
    office.until(&["Đã ký bản tổng hợp", "√ chữ ký", "√ phép cộng"]);
}

/// The ministry fetches, verifies from the source, and signs the nation.
#[track_caller]
fn the_nation(ministry: &Terminal) {
    ministry.until(&["Toàn quốc", "› Sở Y tế Bắc Ninh"]);
    ministry.press("p");
    ministry.until(&["Đã lấy từ 1 tỉnh", "1/1 tỉnh có bản tổng hợp"]);
    ministry.press("d");
    ministry.until(&[
        "Kết quả đối chiếu byt.24",
        "√ chữ ký",
        "√ chuỗi chứng thực",
        "√ phép cộng",
        "√ đối chiếu 1 báo cáo gốc, 0 sai khác",
    ]);
    ministry.press("Escape");
    ministry.until(&["√√√√", "Bản tổng hợp quốc gia chưa ký"]);
    // From the nation's page to what will be signed, and there again.
    ministry.press("C-s");
    ministry.until(&["Tổng hợp", "Chưa ký."]);
    ministry.press("C-s");
    ministry.until(&["Ký bản tổng hợp"]);
    ministry.passphrase();
    ministry.until(&["Hoàng Thị Em ký", "Đã ký bản tổng hợp"]);
}
