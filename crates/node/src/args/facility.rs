//! `report …`: what a facility does with its own reports.

use std::path::PathBuf;

use clap::Subcommand;

use super::ReportArgs;

/// `report …`
#[derive(Subcommand, Clone, Debug)]
pub enum ReportCommand {
    /// Các báo cáo: được yêu cầu hoặc đã bắt đầu
    List,
    /// Xem báo cáo
    Show {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Kiểm tra: lỗi phải sửa trước khi nộp, cảnh báo
    Check {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Ai đã sửa gì, khi nào
    History {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Thay đổi so với lần nộp (mặc định), lần được duyệt, hoặc từ đầu
    Diff {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
        /// submitted, accepted hoặc begun
        #[arg(long, default_value = "submitted", value_parser = ["submitted", "accepted", "begun"])]
        since: String,
    },
    /// Ghi một giá trị; "" để xóa
    Set {
        /// Mã mục: B3, B1.date, C1/<dòng>/<cột>
        code: String,
        /// Giá trị
        #[arg(allow_hyphen_values = true)]
        value: String,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Dòng của bảng
    #[command(subcommand)]
    Row(RowCommand),
    /// Điền từ tệp TOML
    Fill {
        /// Tệp
        file: PathBuf,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Các mục có nhiều giá trị cùng lúc
    Conflicts {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Chọn một trong các giá trị
    Resolve {
        /// Mã mục
        code: String,
        /// Số thứ tự của giá trị, từ 1
        #[arg(long, value_name = "N")]
        take: usize,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Thủ trưởng ký và nộp
    Submit {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
}

/// `report row …`
#[derive(Subcommand, Clone, Debug)]
pub enum RowCommand {
    /// Thêm dòng
    Add {
        /// Bảng, ví dụ C1
        table: String,
        /// Ô, ví dụ name="HIS" kind=his
        #[arg(value_name = "COLUMN=VALUE")]
        cells: Vec<String>,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Sửa dòng
    Set {
        /// Bảng
        table: String,
        /// Mã dòng
        row: String,
        /// Ô
        #[arg(value_name = "COLUMN=VALUE", required = true)]
        cells: Vec<String>,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Xóa dòng
    Remove {
        /// Bảng
        table: String,
        /// Mã dòng
        row: String,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
}
