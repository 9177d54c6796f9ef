# Quan họ: lời hiển thị cho người dùng, tiếng Việt (bản gốc).
# Mỗi phần dùng một tiền tố riêng; phần dòng lệnh dùng "cli-".

## Thời hạn, kỳ, trạng thái (dùng chung)

due-left-days = còn { $days } ngày
due-left-hours = còn { $hours } giờ
due-left-minutes = còn { $minutes } phút
due-late-days = quá hạn { $days } ngày
due-late-hours = quá hạn { $hours } giờ
due-late-minutes = quá hạn { $minutes } phút
due-line = Hạn: trước { $date } ({ $left })
due-none = Không có hạn
period-quarter = quý { $quarter }/{ $year }
period-year = năm { $year }
receipt-on-time = { $by } đã nhận { $time }, đúng hạn
receipt-signed-on-time = { $by } đã nhận { $time }, ký đúng hạn, nhận trễ
receipt-late = { $by } đã nhận { $time }, trễ hạn
state-none = chưa lập
state-draft = bản nháp
state-submitted = đã nộp
state-returned = bị trả lại
state-accepted = đã duyệt
sync-connecting = đang kết nối
sync-in-sync = đã đồng bộ { $since }
sync-at = lúc { $time }
sync-offline = { $pending ->
    [0] ngoại tuyến
   *[other] ngoại tuyến, { $pending } mục chờ gửi
}
sync-refused = bị từ chối: { $reason }

## Màn hình: khung chung

loading = Đang mở báo cáo…
terminal-too-small = Cửa sổ quá nhỏ (cần 40×10)
person-locked = chưa mở khóa
status-findings = { $errors } lỗi, { $warnings } cảnh báo
status-saved = đã lưu
status-saving = đang lưu
status-pending = { $count } mục chờ gửi
status-submitted = { $changed ->
    [0] nộp { $time }
   *[other] nộp { $time }, sau đó sửa { $changed } mục
}
status-comments = { $count } ý kiến của cấp trên (c: xem)
status-unsaved = chưa lưu được { $count } mục (Ctrl-R: lưu lại)

## Màn hình: các mục

item-date = Ngày thực hiện
item-reason = Giải thích (nếu cần)
item-empty = Xác nhận: đơn vị không có
row-unnamed = (dòng mới)
row-copy = { $name } (bản sao)
table-no-match = Không có dòng nào chứa “{ $text }”. Bấm Esc để bỏ lọc.
table-rows = { $count } dòng
table-confirmed-empty = không có (đã xác nhận)
table-empty = Chưa có dòng nào. Bấm a (hoặc Ins) để thêm.
table-empty-may-confirm = Chưa có dòng nào. Bấm a (hoặc Ins) để thêm, hoặc Space để xác nhận đơn vị không có.
table-empty-confirmed = √ Đã xác nhận: đơn vị không có. Bấm Space để bỏ xác nhận.
detail-conflict = Có nhiều giá trị khác nhau do nhiều người cùng sửa: bấm Enter để chọn
detail-previous = Kỳ trước: { $value }
edit-arrived = Trong lúc bạn nhập, giá trị đã được đổi thành “{ $value }”. Lưu sẽ thay giá trị đó.
edit-arrived-many = Trong lúc bạn chọn, giá trị đã được đổi thành “{ $value }”. Những gì bạn chọn hoặc bỏ chọn vẫn được giữ.
edit-arrived-beside = Trong lúc bạn nhập, người khác đã nhập “{ $value }”. Cả hai được giữ lại để chọn sau.
edit-text-arrived-by = ! { $author } vừa sửa văn bản này; khi lưu, cả hai phần sửa đều được giữ.
edit-text-arrived = ! Người khác vừa sửa văn bản này; khi lưu, cả hai phần sửa đều được giữ.
amount-billions = { $amount } tỷ đồng
amount-millions = { $amount } triệu đồng
date-week = T2 T3 T4 T5 T6 T7 CN
news-somebody = người khác
news-line = { $author } vừa đổi, { $time } (trước đó: { $before })
value-empty = (để trống)
comment-line = { $code }: { $text } ({ $by }, { $time })
filter-hint = Gõ để lọc

## Màn hình: hộp thoại

confirm-title = Xác nhận
ask-clear = Xóa giá trị của “{ $label }”?
ask-remove-row = Xóa dòng “{ $name }” khỏi bảng?
ask-drop-text = Bỏ các thay đổi trong văn bản này?
ask-undo-over = Từ lúc đó người khác đã sửa { $name } (nay là “{ $value }”). Vẫn thay?
ask-quit-loses = Còn nội dung chưa lưu được và sẽ mất. Vẫn thoát?
unlock-title = Mở khóa để sửa
unlock-why = Mọi thay đổi được ký bằng khóa của bạn. Nhập mật khẩu khóa.
secret-label = Mật khẩu:
secret-empty = hãy nhập mật khẩu
secret-busy = Đang kiểm tra…
submit-title = Nộp báo cáo
submit-about = { $unit }, { $period } ({ $state })
submit-signer = Người ký: { $name }, bằng khóa của Thủ trưởng
submit-more = còn { $count } dòng (PgDn)
submit-content = Đã điền { $filled }/{ $total } mục, { $warnings } cảnh báo.
submit-means = Thủ trưởng ký bằng khóa của mình, chịu trách nhiệm về nội dung. Sửa sau khi nộp thì phải nộp lại.
conflict-title = { $name }: chọn một giá trị
conflict-why = Nhiều người đã sửa mục này mà chưa thấy bản của nhau. Bấm số để chọn.
conflict-row-kept = giữ dòng
conflict-row-removed = xóa dòng
conflict-value = { $value } — { $author }, { $time }
jump-search = Tìm mục
jump-findings = Cần sửa trước khi nộp: { $errors } lỗi
jump-comments = Ý kiến của cấp trên
jump-nothing = Không có gì
past-title = Lịch sử báo cáo
past-report = Cả báo cáo
past-field = { $name }
past-since-submitted = Từ khi nộp
past-since-accepted = Từ khi duyệt
past-since-last-period = Từ kỳ trước
past-reading = Đang đọc…
past-none-submitted = Báo cáo này chưa được nộp
past-none-accepted = Chưa có bản nào được duyệt
past-none-before = Chưa có báo cáo kỳ trước được duyệt
past-no-difference = Không có gì khác
event-change = sửa
event-submission = nộp
event-receipt = nhận
event-accept = duyệt
event-return = trả lại
row-there = thêm dòng
row-gone = bỏ dòng
row-removed = (dòng đã bỏ)
help-title = Trợ giúp: phím
help-marks = Dấu: × lỗi, ○ còn thiếu, ! cảnh báo, ≠ nhiều giá trị, ? chưa lưu được, √ đã điền, · để trống, = tự tính, » có ý kiến, * bắt buộc.

## Màn hình: thông báo

notice-not-saved = Chưa lưu được: { $reason }
notice-ask-again = { $name } vừa được người khác sửa. Hãy xem lại trước khi quyết định.
notice-all-saved = Mọi thứ đã được lưu
notice-save-first = Còn mục chưa lưu được: bấm Ctrl-R để lưu lại rồi mới nộp
notice-errors-first = Hãy sửa các lỗi này trước khi nộp
notice-nothing-changed = Báo cáo đã nộp và chưa có thay đổi nào
notice-submitted = Đã ký và nộp báo cáo
notice-syncing = Đang đồng bộ
notice-none-missing = Mọi mục bắt buộc đã được điền
notice-changed = { $more ->
    [0] { $author } vừa sửa { $name }
   *[other] { $author } vừa sửa { $name } và { $more } mục khác
}
notice-no-errors = Không còn lỗi
notice-no-comments = Chưa có ý kiến nào
notice-undone = Đã hoàn tác – { $what }
notice-redone = Đã làm lại – { $what }
notice-nothing-to-undo = Không còn gì để hoàn tác
notice-nothing-to-redo = Không có gì để làm lại
notice-undo-row-gone = Không hoàn tác được: dòng đó không còn trong bảng
undo-row-back = có lại dòng “{ $name }”
undo-row-gone = bỏ dòng “{ $name }”
notice-choose-submission = Chọn một dòng “nộp” để so sánh
notice-choose-second = Đã chọn một bản nộp. Bấm F2 ở bản nộp thứ hai để so sánh.
notice-text-full = Văn bản quá dài: phần sau không được đưa vào
notice-computed = Mục này được tính tự động

## Phím

context-form = Danh sách mục
context-table = Bảng
context-line = Khi nhập một dòng
context-date = Khi nhập ngày
context-filter = Khi lọc bảng
context-past = Lịch sử báo cáo
context-area = Khi nhập văn bản
context-choice = Khi chọn trong danh sách
context-jump = Danh sách để chuyển đến
context-conflict = Khi chọn giữa nhiều giá trị
context-confirm = Khi được hỏi
context-secret = Khi nhập mật khẩu
context-global = Ở mọi nơi
context-help = Trợ giúp
key-accept = đồng ý
key-add-row = thêm dòng
key-back = quay lại
key-cancel = bỏ qua
key-cell-left = ô bên trái
key-cell-right = ô bên phải
key-choose = chọn
key-clear = xóa giá trị
key-close = đóng
key-comments = xem ý kiến
key-compare = so sánh hai bản nộp
key-copy-row = nhân bản dòng
key-day-back = ngày trước
key-day-forward = ngày sau
key-discard = bỏ, không lưu
key-down = xuống
key-drop-filter = bỏ lọc
key-edit-backspace = xóa ký tự trước
key-edit-delete = xóa ký tự sau
key-edit-delete-line = xóa cả dòng
key-edit-delete-word = xóa từ trước
key-edit-end = về cuối dòng
key-edit-home = về đầu dòng
key-edit-left = sang trái
key-edit-right = sang phải
key-edit-word-left = sang trái một từ
key-edit-word-right = sang phải một từ
key-filter = lọc
key-first = về đầu
key-go = chuyển đến
key-help = trợ giúp
key-history = lịch sử
key-keep-filter = giữ bộ lọc
key-last = về cuối
key-month-back = tháng trước
key-month-forward = tháng sau
key-newline = xuống dòng
key-next = phần sau
key-next-error = lỗi sau
key-next-missing = mục trống sau
key-next-view = cách xem sau
key-no = không
key-open = sửa
key-open-cell = sửa ô
key-open-row = mở dòng
key-page-down = xuống một trang
key-page-up = lên một trang
key-previous = phần trước
key-previous-view = cách xem trước
key-quit = thoát
key-redo = làm lại
key-remove-row = xóa dòng
key-retry = lưu lại mục chưa lưu được
key-save = lưu
key-save-close = lưu và đóng
key-save-down = lưu, xuống mục sau
key-save-up = lưu, lên mục trước
key-search = tìm mục
key-sort-column = sắp xếp theo cột
key-submit = nộp
key-sync = đồng bộ ngay
key-tick = đánh dấu
key-today = hôm nay
key-toggle = có/không
key-toggle-cell = có/không
key-type-third = nhập giá trị khác
key-undo = hoàn tác
key-up = lên
key-week-back = tuần trước
key-week-forward = tuần sau
key-yes = có

## Dòng lệnh: cột

cli-col-after = Sau
cli-col-audience = Phạm vi
cli-col-before = Trước
cli-col-code = Mã
cli-col-due = Hạn
cli-col-entry = Bản ghi
cli-col-event = Việc
cli-col-form = Biểu mẫu
cli-col-indicator = Chỉ tiêu
cli-col-invite = Thư mời
cli-col-key = Khóa
cli-col-kind = Loại
cli-col-name = Tên
cli-col-note = Ghi chú
cli-col-period = Kỳ
cli-col-received = Nhận lúc
cli-col-roles = Vai trò
cli-col-signed = Ký lúc
cli-col-state = Trạng thái
cli-col-time = Thời gian
cli-col-title = Tiêu đề
cli-col-unit = Đơn vị
cli-col-value = Giá trị
cli-col-version = Phiên bản

## Dòng lệnh: câu trả lời

cli-accept-done = Đã duyệt báo cáo của { $unit }.
cli-bad = SAI
cli-good = đúng
cli-campaign-opened = Đã mở đợt báo cáo { $form }, kỳ { $period }, hạn trước { $due }.
cli-concurrent = hai bản nộp song song
cli-damaged = Bị hỏng, không còn giữ: dòng { $row }, { $kind } { $id }: { $reason }
cli-drilled = Cấp trên đã xem báo cáo gốc của { $unit }, kỳ { $period }, lúc { $time }
cli-event-accept = duyệt
cli-event-change = sửa
cli-event-receipt = nhận
cli-event-return = trả lại
cli-event-submission = nộp
cli-fill-done = Đã ghi { $values } giá trị; thêm { $added } dòng, sửa { $changed } dòng. Chưa ký: sẽ ký khi nộp hoặc đồng bộ.
cli-first-person = Quản trị
cli-form-published = Đã ban hành biểu mẫu { $form }.
cli-in-sync = đã đồng bộ
cli-not-in-sync = chưa đồng bộ
cli-incomplete = còn thiếu dữ liệu
cli-init-done =
    Đã lập { $name }.
    Khóa gốc (ghim trong mọi thư mời): { $anchor }
    Người đầu tiên: { $person }
    Thư mục: { $home }
    Hãy sao lưu thư mục root/ ra nơi an toàn, ngoài máy này.
cli-invite-done = Thư mời cho { $name } ({ $unit }), dùng một lần, đến { $expires }. Đây là bí mật: chỉ đưa cho đúng đơn vị.
cli-invite-extended = { $name } ({ $unit }): máy đã gia nhập bằng thư mời này có thể liên lạc lần đầu đến { $expires }, chỉ cần đồng bộ lại. Thư mời chưa dùng vẫn hết hạn như cũ: khi đó mời lại.
cli-invite-used-by = Đã dùng: { $names }. Nếu không phải người quen, hãy thu hồi các khóa này: person revoke KHÓA.
cli-invite-reenrol = Lưu ý: đơn vị này đã gia nhập trước đây; gia nhập lại sẽ được đánh dấu ở mọi cấp.
cli-join-done =
    Đã gia nhập: { $name } ({ $unit }).
    Người đầu tiên: { $person }
    Thư mục: { $home }
cli-join-next-facility = Tiếp theo: chạy quanho-hospital (không tham số) để điền báo cáo, hoặc quanho-hospital sync khi có mạng.
cli-join-next-so = Tiếp theo: quanho-so sync, rồi quanho-so invite để mời các cơ sở.
cli-late = trễ hạn
cli-no-campaigns = Chưa có đợt báo cáo nào. Mở bằng: campaign open --form kh2273-quy --period …
cli-no-changes = Không có thay đổi.
cli-no-conflicts = Không có mục nào có nhiều giá trị.
cli-no-entries = Không có bản ghi nào.
cli-no-provinces = Chưa có Sở nào. Mời bằng: invite --unit byt.NN --name …
cli-no-units = Chưa có cơ sở nào. Mời bằng: invite --unit … --name …
cli-not-pulled = { $unit }: không liên lạc được ({ $warning }); đang có { $rollups } bản tổng hợp.
cli-pulled = { $unit }: nhận { $received } bản ghi; có { $rollups } bản tổng hợp.
cli-on-time = đúng hạn
cli-signed-on-time = ký đúng hạn, nhận trễ
cli-passphrase-again = Nhập lại mật khẩu
cli-passphrase-new = Mật khẩu mới cho khóa
cli-passphrase-of = Mật khẩu khóa của { $name }
cli-passwd-done = Đã đổi mật khẩu của { $name }.
cli-person-added = Đã thêm { $name }.
cli-person-here = khóa ở máy này
cli-person-revoke-done = Đã thu hồi khóa của { $name } tại { $units }. Mọi bản ghi của khóa này mà máy này đang giữ vẫn có hiệu lực; bản ghi đến sau thì không.
cli-person-revoked = đã thu hồi
cli-quarantined = Cách ly { $id }: { $reason }
cli-refused = Từ chối { $id }: { $reason }
cli-without-effect = Không có hiệu lực { $id }: { $reason }
cli-report-head = { $name } ({ $unit }), kỳ { $period }: { $state }, hạn trước { $due }
cli-report-included = Đã vào bản tổng hợp { $id } của cấp trên (bằng chứng Merkle đúng).
cli-no-reason = không nêu lý do
cli-rehearsal = DIỄN TẬP: dữ liệu không phải thật
cli-report-received = Cấp trên nhận { $time } ({ $note })
cli-return-done = Đã trả lại báo cáo của { $unit } kèm ý kiến.
cli-rollup-head =
    { $name }, kỳ { $period }
    Phải báo cáo: { $expected }   Đã nhận: { $received }   Đúng hạn: { $ontime }   Trễ hạn: { $late }   Đưa vào tổng hợp: { $inputs }
    Ký: { $by }, { $time }
cli-rollup-left-out = Không cộng vào { $unit }: { $reason }
cli-rollup-missing = Chưa có: { $units }
cli-rollup-same = Không có gì mới từ bản tổng hợp trước.
cli-rollup-signed = Đã ký bản tổng hợp.
cli-row-added = Đã thêm dòng { $row } vào { $table }.
cli-row-removed = Đã xóa dòng { $row } khỏi { $table }.
cli-row-set = Đã sửa dòng { $row } của { $table }.
cli-serving = Đang lắng nghe tại { $address }
cli-set-done = Đã lưu { $code }.
cli-status =
    { $name } ({ $unit })
    Bản ghi: { $entries }   Chưa ký: { $pending }   Chờ chứng thực: { $parked }   Cấp trên: { $above }
cli-stranded = { $count } thay đổi không ai ký được nữa vì khóa của người nhập không còn hiệu lực. Chúng vẫn được giữ và không cản trở ai; người có quyền có thể nhập lại các giá trị đó.
cli-submit-done = Đã ký và nộp. Giấy nhận sẽ về khi cấp trên đã lưu đủ.
cli-submit-nothing-new = Không có gì mới từ lần nộp trước.
cli-sync-done = Đã đồng bộ: gửi { $sent }, nhận { $received } bản ghi.
cli-sync-partial = Chưa khớp hoàn toàn: gửi { $sent }, nhận { $received } bản ghi. Chạy lại sync.
cli-sync-pending = Còn { $count } thay đổi chưa ký nên chưa gửi; chạy lại với --passphrase-file hoặc nộp báo cáo.
cli-sync-refused = Cấp trên không nhận { $id }: { $reason }
cli-unavailable = không lấy được báo cáo gốc của { $unit }
cli-unit-changed = Đã cập nhật { $unit }.
cli-unit-closed = đã đóng
cli-unit-enrolled = đã gia nhập
cli-unit-invited = đã mời
cli-unit-reenrolled = gia nhập lại với khóa mới
cli-repair-bad = Còn { $problems } vấn đề không sửa được (đã lấy ra { $taken } dòng, { $back } dòng còn tốt được trả lại, còn { $entries } bản ghi). Hãy khôi phục từ bản sao lưu rồi sync.
cli-repair-good = Đã sửa: lấy ra { $taken } dòng, { $back } dòng còn tốt được trả lại, còn { $entries } bản ghi. Lần sync sau nhận lại phần thiếu; status cho biết phần không nơi nào còn.
cli-verify-bad = Đã kiểm tra { $entries } bản ghi: { $problems } vấn đề.
cli-verify-good = Đã kiểm tra { $entries } bản ghi: tất cả đều đúng.
cli-verify-deep = Đối chiếu từ báo cáo gốc: { $checked } báo cáo, { $mismatches } sai khác.
cli-verify-rollup = Chữ ký: { $signature }   Chuỗi chứng thực: { $chain }   Số học: { $arithmetic }

## Dòng lệnh: lỗi và việc nên làm tiếp

error-stopped = Máy này đang dừng lại.
hint-stopped = Chạy lại lệnh.
error-already-set-up = Thư mục này đã là của { $unit }.
hint-already-set-up = Dùng --home với một thư mục khác, hoặc đúng chương trình của đơn vị này. Gia nhập lại bằng thư mời mới: đổi tên thư mục này trước.
error-bad-invite = Thư mời không dùng được.
hint-bad-invite = Sao chép lại toàn bộ thư mời, hoặc xin thư mời mới.
error-bad-value = Giá trị không hợp với { $field }.
hint-bad-value = Sửa giá trị rồi ghi lại; chưa có gì thay đổi.
error-check-failed = Báo cáo còn { $count } lỗi.
hint-check-failed = Xem bằng: report check --period …
error-consolidate = Không tổng hợp được.
hint-consolidate = Xem lại các báo cáo được nêu, trả lại nếu cần.
error-csv = Tệp CSV sai ở dòng { $line }.
hint-csv = Mỗi dòng: đường dẫn đơn vị, dấu phẩy, tên. Chưa mời ai.
error-disk-full = Ổ đĩa đã đầy.
hint-disk-full = Giải phóng chỗ rồi chạy lại; không có gì bị thay đổi.
error-drafts-left = Còn thay đổi chưa ký của: { $names }.
hint-drafts-left = Người đó hãy chạy sync hoặc mở chương trình với mật khẩu của mình để ký.
error-due-needed = Kỳ { $period } không có hạn mặc định.
hint-due-needed = Thêm --due, ví dụ --due 2026-04-30T00:00:00+07:00
error-entry = Không tạo được bản ghi.
hint-entry = Sửa điều nêu trong ngoặc, hoặc rút ngắn nội dung, rồi thử lại.
error-file = Không đọc hoặc ghi được tệp { $path }.
hint-file = Kiểm tra đường dẫn và quyền truy cập.
error-file-too-large = Tệp { $path } quá lớn.
hint-file-too-large = Chia nhỏ tệp.
error-form-exists = Biểu mẫu { $name } phiên bản { $version } đã có với nội dung khác.
hint-form-exists = Tăng version trong tệp rồi ban hành lại.
error-form-owned = { $unit } đã ban hành biểu mẫu { $name } của mình; thêm một biểu mẫu khác cùng tên sẽ làm các báo cáo của đơn vị đó mất hiệu lực.
hint-form-owned = Đặt tên khác trong tệp rồi ban hành lại.
error-incomplete = Bản nộp còn thiếu dữ liệu.
hint-incomplete = Đồng bộ lại với đơn vị nộp, rồi thử lại.
error-invite-elsewhere = Thư mời này dành cho { $unit }.
hint-invite-elsewhere = Dùng đúng chương trình: quanho-so cho Sở, quanho-hospital cho cơ sở.
error-invite-expired = Thư mời đã hết hạn.
hint-invite-expired = Xin cấp trên thư mời mới.
error-json = Không in được kết quả.
hint-json = Báo cho nhóm phát triển.
error-key-file = Không đọc được tệp khóa.
hint-key-file = Khôi phục tệp từ bản sao lưu. Không có bản sao: xin thư mời mới, đổi tên thư mục dữ liệu (đừng xóa, phần chưa gửi chỉ còn ở đó), rồi join bằng thư mời ấy.
error-link-broken = Kết nối bị đứt giữa chừng.
hint-link-broken = Chạy lại; những gì đã nhận vẫn còn.
error-link-closed = Bên kia đóng kết nối.
hint-link-closed = Kiểm tra xem máy này đã được mời vào đúng cây chưa, rồi chạy lại.
error-listen = Không lắng nghe được tại { $address }.
hint-listen = Chọn cổng khác hoặc dừng chương trình đang dùng cổng này.
error-malformed = Nội dung không đọc được.
hint-malformed = Sửa theo mô tả rồi chạy lại; chưa có gì thay đổi.
error-no-address = Chưa biết địa chỉ của cấp trên.
hint-no-address = Thêm --address IP:PORT; địa chỉ sẽ được nhớ.
error-no-address-of = Chưa biết địa chỉ của { $unit }.
hint-no-address-of = Chờ đơn vị đó chạy serve --listen và đồng bộ lên một lần.
error-no-home = Không tìm được thư mục dữ liệu mặc định.
hint-no-home = Thêm --home DIR.
error-no-invite-to-extend = { $unit } không có thư mời nào để gia hạn.
hint-no-invite-to-extend = Mọi thư mời đã được dùng và nhận đúng hạn, đã bị thu hồi, hoặc do nơi khác phát (do chính đơn vị phát cho máy của mình mà khóa người phát đã mất: thêm --its-own); nếu vừa khôi phục bản sao lưu, hãy để máy kia sync một lần trước. Xem các khóa: trang Chứng thực, hoặc units --json ở Sở và Bộ. Mời mới: xem invite --help
error-no-rollup = { $unit } chưa có bản tổng hợp kỳ { $period }.
hint-no-rollup = Ký bằng rollup sign, hoặc lấy về bằng pull/sync.
error-no-submission = { $unit } chưa nộp báo cáo kỳ { $period }.
hint-no-submission = Xem tình trạng bằng review list; ở cơ sở: report list.
error-no-such-conflict = { $field } không có giá trị trùng như vậy.
hint-no-such-conflict = Xem bằng: report conflicts --period …
error-no-such-entry = Không có bản ghi { $name }.
hint-no-such-entry = Xem bằng: entries
error-no-such-field = Biểu mẫu không có mã { $field }.
hint-no-such-field = Xem các mã bằng: report show --period …
error-no-such-file = Không có tệp { $path }.
hint-no-such-file = Kiểm tra lại đường dẫn.
error-no-such-form = Không có biểu mẫu { $name }.
hint-no-such-form = Biểu mẫu có sẵn: kh2273-quy, kh2273-vpso, cv2132-rasoat.
error-no-such-person = Không có người { $name } trên máy này.
hint-no-such-person = Xem bằng: person list
error-no-such-row = Bảng { $table } không có dòng { $row }.
hint-no-such-row = Xem mã dòng bằng: report show --period …
error-no-such-unit = Không có đơn vị { $unit } trực thuộc đây.
hint-no-such-unit = Xem bằng: units
error-no-terminal = Màn hình này cần một cửa sổ dòng lệnh.
hint-no-terminal = Chạy trong cửa sổ dòng lệnh, hoặc dùng lệnh: --help liệt kê.
error-node-key = Không đọc được khóa của máy này.
hint-node-key = Khôi phục node.pem từ bản sao lưu. Không có bản sao: xin thư mời mới, đổi tên thư mục dữ liệu (đừng xóa, phần chưa gửi chỉ còn ở đó), rồi join bằng thư mời ấy.
error-not-a-pair = “{ $text }” không có dạng TÊN=GIÁ TRỊ.
hint-not-a-pair = Ví dụ: name="HIS" kind=his
error-not-rehearsal = --at chỉ dùng được trong cây diễn tập.
hint-not-rehearsal = Bỏ --at, hoặc lập cây diễn tập bằng quanho-bo init --rehearsal.
error-not-set-up = Thư mục này chưa có nút nào.
hint-not-set-up = Bộ: quanho-bo init. Sở và cơ sở: join THƯ_MỜI. Thư mục khác: --home DIR.
error-passphrase-empty = Mật khẩu trống.
hint-passphrase-empty = Đặt mật khẩu ở dòng đầu của tệp.
error-passphrase-file = Không đọc được tệp mật khẩu { $path }.
hint-passphrase-file = Kiểm tra --passphrase-file hoặc QUANHO_PASSPHRASE_FILE.
error-passphrase-needed = Cần mật khẩu.
hint-passphrase-needed = Chạy trong terminal, hoặc thêm --passphrase-file FILE (mật khẩu mới: --new-passphrase-file).
error-passphrases-differ = Hai lần nhập không giống nhau.
hint-passphrases-differ = Nhập lại.
error-person-key = Không có tệp khóa của người này trên máy.
hint-person-key = Xem bằng: person list
error-refused = Không được phép.
hint-refused = Xem vai trò bằng: person list
error-review = Ý kiến chưa đúng.
hint-review = Ví dụ: --comment B4="lớn hơn B3"
error-key-in-units = Nhiều đơn vị cùng chứng thực khóa { $key }: { $units }.
hint-key-in-units = Có thể một đơn vị làm vậy để khóa bị thu hồi ở nơi khác. Chọn nơi bằng --unit MÃ; nếu khóa bị trộm, dùng --everywhere.
error-role-ambiguous = Nhiều người cùng có vai trò { $role }: { $names }.
hint-role-ambiguous = Chọn bằng --as HỌ_TÊN.
error-role-missing = Người thực hiện không có vai trò { $role } tại { $unit }, hoặc không ai trên máy này có.
hint-role-missing = Xem bằng: person list. Chọn bằng --as HỌ_TÊN, hoặc thêm: person add --name … --role …
error-cancelled = Đã hủy.
error-rollup-fork = Có nhiều bản tổng hợp song song, không bản nào thay bản nào.
hint-rollup-fork = Đồng bộ các máy rồi ký lại: bản mới thay cả hai.
error-runtime = Không khởi động được phần mạng.
hint-runtime = Khởi động lại máy rồi thử lại.
error-report-full = Báo cáo đã có quá nhiều thay đổi, không nhận thêm được.
hint-report-full = Xem lịch sử: ai đã ghi quá nhiều vào báo cáo này? Báo cho người cấp chứng thực của đơn vị.
error-seal = Không tạo được thay đổi.
hint-seal = Sửa điều nêu trong ngoặc, hoặc rút ngắn nội dung, rồi thử lại.
error-session = Phiên đồng bộ bị dừng.
hint-session = Kiểm tra đơn vị, thư mời và phiên bản của hai bên; xem status.
error-signal = Không nhận được tín hiệu dừng.
hint-signal = Chạy lại.
error-socket = Không mở được cổng mạng.
hint-socket = Kiểm tra tường lửa và quyền.
error-stdout = Không ghi được ra màn hình.
hint-stdout = Kiểm tra nơi nhận kết quả.
error-store = Tệp dữ liệu có vấn đề.
hint-store = Chạy verify --repair rồi sync; nếu vẫn hỏng, khôi phục từ bản sao lưu rồi sync.
error-store-busy = Chương trình khác đang giữ tệp dữ liệu.
hint-store-busy = Đợi một lát rồi chạy lại.
error-store-too-new = Tệp dữ liệu do phiên bản mới hơn tạo ra.
hint-store-too-new = Cập nhật chương trình này.
error-newer-submission = Đơn vị vừa nộp bản mới hơn bản đang xem.
hint-newer-submission = Hãy xem lại bản mới rồi quyết định.
error-draft-changed = Số liệu vừa thay đổi.
hint-draft-changed = Hãy xem lại rồi ký.
error-no-such-role = Không có vai trò “{ $role }” ở cấp này.
hint-no-such-role = Xem danh sách vai trò trong hộp thoại.
error-changed-since = Có người vừa sửa báo cáo này.
hint-changed-since = Hãy xem lại rồi nộp.
error-too-large = Nội dung dài quá, không ký được.
hint-too-large = Rút ngắn nội dung, rồi thử lại.
error-two-submissions = Có hai bản nộp song song.
hint-two-submissions = Đơn vị hãy đồng bộ các máy rồi nộp lại một bản thay cho cả hai.
error-unreachable = Không liên lạc được với { $address }.
hint-unreachable = Kiểm tra mạng và địa chỉ; dữ liệu vẫn ở đây, chạy lại khi có mạng.
error-unknown-there = Bên kia chưa biết máy này, hoặc khóa của máy đã bị thu hồi.
hint-unknown-there = Nếu máy đã gia nhập hơn 30 ngày mà nay mới kết nối, hãy xin nơi phát thư mời gia hạn (với cơ sở: quanho-so invite --extend ĐƠN_VỊ), rồi đồng bộ lại; không mất gì. Nếu không, kiểm tra hai bên có cùng một cây.
error-usage = Lệnh chưa đúng.
hint-usage = Thêm --help để xem cách dùng.
error-without-effect = Khóa này không còn hiệu lực.
hint-without-effect = Liên hệ người cấp chứng thực của đơn vị.
error-wrong-level = Lệnh này không dành cho cấp này.
hint-wrong-level = Xem --help.
error-wrong-passphrase = Sai mật khẩu.
hint-wrong-passphrase = Nhập lại; khóa không bị thay đổi.
error-stranger = Nút gọi đến không xuất trình được chứng thực.
hint-stranger = Kiểm tra xem nút đó đã gia nhập đúng cây chưa.
