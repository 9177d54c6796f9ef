//! Commands of the levels that lead others: Bộ and Sở.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use model::{Period, Timestamp, UnitPath};

use super::{ReportArgs, period, timestamp, unit};

/// Commands of Bộ and Sở.
#[derive(Subcommand, Clone, Debug)]
pub enum LeadCommand {
    /// Mời một đơn vị trực thuộc gia nhập; --extend: gia hạn thư mời đã phát
    Invite(InviteArgs),
    /// Các đơn vị đã biết
    Units,
    /// Biểu mẫu
    #[command(subcommand)]
    Form(FormCommand),
    /// Đổi tên hoặc đóng một đơn vị trực thuộc
    #[command(subcommand)]
    Unit(UnitCommand),
    /// Đợt báo cáo
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// Bản tổng hợp
    #[command(subcommand)]
    Rollup(RollupCommand),
}

/// `invite`
#[derive(Args, Clone, Debug)]
pub struct InviteArgs {
    /// Đường dẫn đơn vị, ví dụ byt.24 hoặc byt.24.07210
    #[arg(long, value_name = "PATH", value_parser = unit,
        required_unless_present_any = ["from", "extend"])]
    pub unit: Option<UnitPath>,
    /// Tên đơn vị
    #[arg(long, required_unless_present_any = ["from", "extend"])]
    pub name: Option<String>,
    /// Địa chỉ của nút này, ghi vào thư mời
    #[arg(long, value_name = "IP:PORT")]
    pub address: Option<String>,
    /// Mời nhiều đơn vị từ tệp CSV: unit,name
    #[arg(long, value_name = "CSV", conflicts_with_all = ["unit", "name"])]
    pub from: Option<PathBuf>,
    /// Gia hạn 30 ngày các thư mời của đơn vị này, cho máy đã gia nhập mà quá hạn mới
    /// liên lạc được. Thư mời chưa dùng vẫn hết hạn như cũ: khi đó mời lại
    #[arg(long, value_name = "PATH", value_parser = unit,
        conflicts_with_all = ["unit", "name", "address", "from"])]
    pub extend: Option<UnitPath>,
    /// Với --extend: cả thư mời mà chính đơn vị đó đã phát cho máy khác của mình, khi
    /// khóa của người phát đã mất; tính là gia nhập lại
    #[arg(long, requires = "extend")]
    pub its_own: bool,
}

/// `form …`
#[derive(Subcommand, Clone, Debug)]
pub enum FormCommand {
    /// Liệt kê biểu mẫu
    List,
    /// Ban hành một biểu mẫu
    Publish {
        /// Tệp TOML
        #[arg(required_unless_present = "builtin", conflicts_with = "builtin")]
        file: Option<PathBuf>,
        /// Biểu mẫu có sẵn
        #[arg(long, value_name = "ID")]
        builtin: Option<String>,
    },
}

/// `unit …`
#[derive(Subcommand, Clone, Debug)]
pub enum UnitCommand {
    /// Đổi tên
    Rename {
        /// Đơn vị
        #[arg(value_parser = unit)]
        unit: UnitPath,
        /// Tên mới
        name: String,
    },
    /// Đóng: từ nay không phải báo cáo
    Close {
        /// Đơn vị
        #[arg(value_parser = unit)]
        unit: UnitPath,
    },
    /// Mở lại: như chưa từng đóng
    Reopen {
        /// Đơn vị
        #[arg(value_parser = unit)]
        unit: UnitPath,
    },
}

/// `campaign …`
#[derive(Subcommand, Clone, Debug)]
pub enum CampaignCommand {
    /// Mở một đợt báo cáo
    Open {
        /// Biểu mẫu
        #[arg(long, value_name = "ID")]
        form: String,
        /// Kỳ, ví dụ 2026-Q2
        #[arg(long, value_parser = period)]
        period: Period,
        /// Đơn vị này và các đơn vị bên dưới (mặc định: tất cả)
        #[arg(long, value_name = "PATH", value_parser = unit)]
        audience: Option<UnitPath>,
        /// Hạn: phải nhận trước thời điểm này (mặc định: ngày 20 tháng cuối quý). Mở lại
        /// với hạn khác là thêm một báo cáo thứ hai, không đổi hạn đã mở
        #[arg(long, value_name = "RFC3339", value_parser = timestamp)]
        due: Option<Timestamp>,
        /// Văn bản yêu cầu
        #[arg(long)]
        basis: Option<String>,
    },
    /// Liệt kê các đợt
    List,
}

/// `rollup …`
#[derive(Subcommand, Clone, Debug)]
pub enum RollupCommand {
    /// Tổng hợp các báo cáo đã duyệt và ký
    Sign {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Xem bản tổng hợp
    Show {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
        /// Của đơn vị nào (mặc định: đơn vị này)
        #[arg(long, value_name = "PATH", value_parser = unit)]
        unit: Option<UnitPath>,
    },
    /// Kiểm tra chữ ký, chuỗi chứng thực, số học; --deep: đối chiếu từ báo cáo gốc
    Verify {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
        /// Của đơn vị nào
        #[arg(long, value_name = "PATH", value_parser = unit)]
        unit: UnitPath,
        /// Lấy báo cáo gốc và tính lại
        #[arg(long)]
        deep: bool,
    },
}

/// `review …`
#[derive(Subcommand, Clone, Debug)]
pub enum ReviewCommand {
    /// Tình trạng báo cáo của các cơ sở
    List {
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Xem báo cáo của một cơ sở
    Show {
        /// Cơ sở
        #[arg(value_parser = unit)]
        unit: UnitPath,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Duyệt
    Accept {
        /// Cơ sở
        #[arg(value_parser = unit)]
        unit: UnitPath,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Trả lại kèm ý kiến
    Return {
        /// Cơ sở
        #[arg(value_parser = unit)]
        unit: UnitPath,
        /// Which.
        #[command(flatten)]
        report: ReportArgs,
        /// Ý kiến về từng mục, ví dụ B4="lớn hơn B3"
        #[arg(long = "comment", value_name = "CODE=TEXT", required = true, num_args = 1..)]
        comments: Vec<String>,
    },
}
