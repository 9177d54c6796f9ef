//! The command lines of the three binaries, read into one set of commands.
//!
//! Each binary offers what its level can do and nothing else; what a command
//! means does not depend on which binary it was typed into.

mod facility;
mod lead;
mod shared;

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use model::{Level, Period, Timestamp, UnitPath};

pub use facility::{ReportCommand, RowCommand};
pub use lead::{
    CampaignCommand, FormCommand, InviteArgs, LeadCommand, ReviewCommand, RollupCommand,
    UnitCommand,
};
pub use shared::{
    EntriesArgs, EntryArgs, PersonCommand, RoleArg, ServeArgs, SharedCommand, SyncArgs, VerifyArgs,
};

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Thư mục dữ liệu của nút (mặc định: thư mục dữ liệu của hệ điều hành)
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// In đúng một giá trị JSON ra stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Ngôn ngữ: vi hoặc en
    #[arg(long, global = true, default_value = "vi", value_parser = ["vi", "en"])]
    pub lang: String,
    /// Đồng hồ đứng yên tại thời điểm RFC 3339 này (chỉ trong cây diễn tập)
    #[arg(long, global = true, value_name = "RFC3339", value_parser = timestamp)]
    pub at: Option<Timestamp>,
    /// Tệp có mật khẩu ở dòng đầu (thay cho hỏi trên màn hình)
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "QUANHO_PASSPHRASE_FILE"
    )]
    pub passphrase_file: Option<PathBuf>,
    /// Người thực hiện (mặc định: người duy nhất có vai trò cần thiết)
    // An id of its own: a global argument takes the value of any other that
    // shares its id, and `person revoke X` would act as X.
    #[arg(id = "as", long = "as", global = true, value_name = "PERSON")]
    pub person: Option<String>,
}

/// Every command there is.
#[derive(Clone, Debug)]
pub enum Command {
    /// No command: the terminal screens, on this period's quarterly report or
    /// on the one that is due.
    Screen(Option<Period>),
    /// `init`
    Init(InitArgs),
    /// `join`
    Join(JoinArgs),
    /// `invite --device`
    InviteDevice(DeviceArgs),
    /// Commands of all three.
    Shared(SharedCommand),
    /// Commands of Bộ and Sở.
    Lead(LeadCommand),
    /// `report …`
    Report(ReportCommand),
    /// `review …`
    Review(ReviewCommand),
    /// `pull`
    Pull(PullArgs),
    /// `drill`
    Drill(DrillArgs),
}

/// `init`
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// Tên của Bộ
    #[arg(long)]
    pub name: String,
    /// Họ tên người đầu tiên
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// Lập cây diễn tập: cho phép --at, mọi thứ đều được đánh dấu
    #[arg(long)]
    pub rehearsal: bool,
}

/// `join`
#[derive(Args, Clone, Debug)]
pub struct JoinArgs {
    /// Nội dung thư mời, hoặc `-` để đọc từ stdin
    pub invite: String,
    /// Họ tên người đầu tiên trên máy này
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// Tên máy
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
}

/// `invite --device NAME` or `invite --extend`
#[derive(Args, Clone, Debug)]
pub struct DeviceArgs {
    /// Tên máy thứ hai của đơn vị
    #[arg(long, value_name = "NAME", required_unless_present = "extend")]
    pub device: Option<String>,
    /// Gia hạn 30 ngày các thư mời máy thứ hai, cho máy đã gia nhập mà quá hạn mới liên
    /// lạc được. Thư mời chưa dùng vẫn hết hạn như cũ: khi đó mời lại
    #[arg(long, conflicts_with = "device")]
    pub extend: bool,
}

/// `pull`
#[derive(Args, Clone, Debug)]
pub struct PullArgs {
    /// Chỉ một Sở
    #[arg(long, value_name = "PATH", value_parser = unit)]
    pub unit: Option<UnitPath>,
}

/// `drill`
#[derive(Args, Clone, Debug)]
pub struct DrillArgs {
    /// Cơ sở cần xem
    #[arg(value_name = "UNIT", value_parser = unit)]
    pub unit: UnitPath,
    /// Which report.
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Which report, rollup or review.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    /// Kỳ báo cáo, ví dụ 2026-Q2
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    pub period: Period,
    /// Biểu mẫu
    #[arg(long, value_name = "FORM", default_value = replica::QUARTERLY_FORM)]
    pub form: String,
}

#[derive(Parser)]
#[command(
    name = "quanho-hospital",
    version,
    about = "Báo cáo an ninh mạng của cơ sở y tế"
)]
struct Hospital {
    #[command(flatten)]
    global: Global,
    /// Mở màn hình ở kỳ này, ví dụ 2026-Q2 (mặc định: báo cáo đến hạn)
    #[arg(long = "period", id = "screen_period", value_name = "PERIOD", value_parser = period)]
    period: Option<Period>,
    #[command(subcommand)]
    command: Option<HospitalCommand>,
}

#[derive(Subcommand)]
enum HospitalCommand {
    #[command(flatten)]
    Shared(SharedCommand),
    /// Gia nhập bằng thư mời (không cần mạng)
    Join(JoinArgs),
    /// Mời thêm một máy của chính đơn vị
    Invite(DeviceArgs),
    /// Báo cáo của đơn vị
    #[command(subcommand)]
    Report(ReportCommand),
}

#[derive(Parser)]
#[command(
    name = "quanho-so",
    version,
    about = "Tổng hợp báo cáo an ninh mạng tại Sở Y tế"
)]
struct So {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<SoCommand>,
}

#[derive(Subcommand)]
enum SoCommand {
    #[command(flatten)]
    Shared(SharedCommand),
    #[command(flatten)]
    Lead(LeadCommand),
    /// Gia nhập bằng thư mời (không cần mạng)
    Join(JoinArgs),
    /// Thẩm định báo cáo của các cơ sở
    #[command(subcommand)]
    Review(ReviewCommand),
}

#[derive(Parser)]
#[command(
    name = "quanho-bo",
    version,
    about = "Tổng hợp báo cáo an ninh mạng tại Bộ Y tế"
)]
struct Bo {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<BoCommand>,
}

#[derive(Subcommand)]
enum BoCommand {
    #[command(flatten)]
    Shared(SharedCommand),
    #[command(flatten)]
    Lead(LeadCommand),
    /// Lập cây mới: khóa gốc, người và máy đầu tiên
    Init(InitArgs),
    /// Thẩm định báo cáo của các cơ sở trực thuộc Bộ
    #[command(subcommand)]
    Review(ReviewCommand),
    /// Lấy bản tổng hợp đã ký của các Sở
    Pull(PullArgs),
    /// Xem báo cáo gốc của một cơ sở (Sở sẽ thấy việc này)
    Drill(DrillArgs),
}

/// Reads the command line of a binary.
pub fn parse(level: Level, args: &[String]) -> Result<(Global, Command), clap::Error> {
    Ok(match level {
        Level::Facility => {
            let cli: Hospital = read(args)?;
            let command = match cli.command {
                None => Command::Screen(cli.period),
                Some(HospitalCommand::Shared(command)) => Command::Shared(command),
                Some(HospitalCommand::Join(args)) => Command::Join(args),
                Some(HospitalCommand::Invite(args)) => Command::InviteDevice(args),
                Some(HospitalCommand::Report(command)) => Command::Report(command),
            };
            (cli.global, command)
        }
        Level::Province => {
            let cli: So = read(args)?;
            let command = match cli.command {
                None => Command::Screen(None),
                Some(SoCommand::Shared(command)) => Command::Shared(command),
                Some(SoCommand::Lead(command)) => Command::Lead(command),
                Some(SoCommand::Join(args)) => Command::Join(args),
                Some(SoCommand::Review(command)) => Command::Review(command),
            };
            (cli.global, command)
        }
        Level::Ministry => {
            let cli: Bo = read(args)?;
            let command = match cli.command {
                None => Command::Screen(None),
                Some(BoCommand::Shared(command)) => Command::Shared(command),
                Some(BoCommand::Lead(command)) => Command::Lead(command),
                Some(BoCommand::Init(args)) => Command::Init(args),
                Some(BoCommand::Review(command)) => Command::Review(command),
                Some(BoCommand::Pull(args)) => Command::Pull(args),
                Some(BoCommand::Drill(args)) => Command::Drill(args),
            };
            (cli.global, command)
        }
    })
}

fn read<T: CommandFactory + FromArgMatches>(args: &[String]) -> Result<T, clap::Error> {
    let matches = T::command().try_get_matches_from(args)?;
    T::from_arg_matches(&matches)
}

pub(crate) fn unit(text: &str) -> Result<UnitPath, String> {
    UnitPath::parse(text).map_err(|error| error.to_string())
}

pub(crate) fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).map_err(|error| error.to_string())
}

pub(crate) fn timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text)
        .ok_or_else(|| "a time is written 2026-06-19T23:59:59+07:00".to_owned())
}
