//! Commands that all three binaries have.

use clap::{Args, Subcommand, ValueEnum};
use model::UnitPath;
use wire::Role;

use super::unit;

/// Commands that all three binaries have.
#[derive(Subcommand, Clone, Debug)]
pub enum SharedCommand {
    /// Tình trạng của nút: số bản ghi, việc chưa gửi, bản ghi bị từ chối…
    Status,
    /// Chạy nền: lắng nghe và giữ kết nối lên cấp trên
    Serve(ServeArgs),
    /// Đồng bộ một lần với cấp trên
    Sync(SyncArgs),
    /// Kiểm tra lại mọi bản ghi, chữ ký, chuỗi chứng thực và bảng dẫn xuất
    Verify(VerifyArgs),
    /// Liệt kê các bản ghi đã ký
    Entries(EntriesArgs),
    /// Xem một bản ghi
    Entry(EntryArgs),
    /// Người dùng của đơn vị
    #[command(subcommand)]
    Person(PersonCommand),
}

/// `serve`
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Địa chỉ lắng nghe, ví dụ 0.0.0.0:4433; không có thì chỉ gọi lên cấp trên
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
    /// Địa chỉ để nơi khác gọi tới, nếu khác địa chỉ lắng nghe. Lắng nghe tại 0.0.0.0
    /// thì cần có: không ai gọi tới 0.0.0.0 được
    #[arg(long, value_name = "HOST:PORT", requires = "listen")]
    pub advertise: Option<String>,
}

/// `sync`
#[derive(Args, Clone, Debug)]
pub struct SyncArgs {
    /// Địa chỉ cấp trên (mặc định: địa chỉ đã nhớ)
    #[arg(long, value_name = "IP:PORT")]
    pub address: Option<String>,
}

/// `verify`
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// Lấy ra những dòng bị hỏng để lần đồng bộ sau nhận lại, dựng lại bảng dẫn xuất
    #[arg(long)]
    pub repair: bool,
}

/// `entries`
#[derive(Args, Clone, Debug)]
pub struct EntriesArgs {
    /// Chỉ của đơn vị này và các đơn vị bên dưới
    #[arg(long, value_name = "PATH", value_parser = unit)]
    pub unit: Option<UnitPath>,
    /// Chỉ loại này: unit, credential, changes, submission…
    #[arg(long, value_name = "K")]
    pub kind: Option<String>,
}

/// `entry`
#[derive(Args, Clone, Debug)]
pub struct EntryArgs {
    /// Mã bản ghi (hoặc ít nhất 8 ký tự đầu)
    #[arg(value_name = "ID")]
    pub id: String,
    /// In nguyên các byte COSE ra stdout
    #[arg(long)]
    pub raw: bool,
}

/// `person …`
#[derive(Subcommand, Clone, Debug)]
pub enum PersonCommand {
    /// Thêm người và tạo khóa cho họ trên máy này
    Add {
        /// Họ tên
        #[arg(long)]
        name: String,
        /// Vai trò; có thể lặp lại
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<RoleArg>,
        /// Tệp có mật khẩu của người mới (mặc định: như --passphrase-file)
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<std::path::PathBuf>,
    },
    /// Liệt kê người của đơn vị
    List,
    /// Thu hồi khóa của một người; hoặc một khóa bất kỳ của đơn vị bên dưới
    Revoke {
        /// Họ tên, hoặc ít nhất 8 ký tự đầu của khóa (xem person list --json, trang Chứng
        /// thực; ở Sở và Bộ cả units --json)
        person: String,
        /// Lý do
        #[arg(long, default_value = "")]
        reason: String,
        /// Chỉ tại đơn vị này, khi nhiều đơn vị cùng chứng thực khóa
        #[arg(long, value_name = "PATH", value_parser = unit, conflicts_with = "everywhere")]
        unit: Option<UnitPath>,
        /// Tại mọi đơn vị đã chứng thực khóa, từ cấp này trở xuống
        #[arg(long)]
        everywhere: bool,
    },
    /// Đổi mật khẩu
    Passwd {
        /// Họ tên (mặc định: người duy nhất trên máy này)
        person: Option<String>,
        /// Tệp có mật khẩu mới
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<std::path::PathBuf>,
    },
}

/// Roles that people can have.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum RoleArg {
    /// Nhập báo cáo
    Editor,
    /// Thủ trưởng: ký nộp; ở Sở và Bộ: ký bản tổng hợp
    Head,
    /// Thẩm định
    Reviewer,
    /// Ban hành biểu mẫu và đợt báo cáo
    Publisher,
    /// Cấp và thu hồi chứng thực
    Registrar,
    /// Chỉ xem
    Auditor,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Editor => Role::Editor,
            RoleArg::Head => Role::Head,
            RoleArg::Reviewer => Role::Reviewer,
            RoleArg::Publisher => Role::Publisher,
            RoleArg::Registrar => Role::Registrar,
            RoleArg::Auditor => Role::Auditor,
        }
    }
}
