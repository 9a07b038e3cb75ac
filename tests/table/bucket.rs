//! The services beside the table, as far as functions need them, on a port of the test's own: a bucket that keeps what it
//! is given, a moderator that finds nothing, a queue that remembers what it was told, a timer that remembers what it was
//! asked, and senders of mail and push messages that take everything. The clients are the real ones.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use kit::sqs::Queue;
use kit::timer::Timer;
use testkit::TestQueue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedMutexGuard};

/// The bucket's name.
pub const BUCKET: &str = "media";

/// What SNS answers to a published message.
const PUBLISHED: &[u8] = b"<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";

/// What SNS answers to a push message while it refuses them.
const REFUSED_PUSH: &[u8] =
    b"<ErrorResponse><Error><Type>Sender</Type><Code>KMSDisabled</Code><Message>no</Message></Error></ErrorResponse>";

/// The CDN that [`cdn`] names.
pub const CDN: &str = "https://cdn.example";

/// URLs of published files behind a CDN, which need no bucket.
pub fn cdn() -> kit::file_urls::FileUrls {
    let config = aws_sdk_s3::Config::builder().behavior_version_latest().build();
    kit::file_urls::FileUrls::new(aws_sdk_s3::Client::from_conf(config), BUCKET).behind(Some(CDN.to_owned()))
}

/// The queue of another function, which remembers what is sent to it.
pub fn outgoing(queue: &TestQueue) -> Queue {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(aws_sdk_sqs::config::Credentials::for_tests())
        .endpoint_url(queue.url());
    Queue::new(aws_sdk_sqs::Client::from_conf(config.build()), queue.url())
}

/// What SNS answers to the registration of a device.
const ENDPOINT: &[u8] = b"<CreatePlatformEndpointResponse><CreatePlatformEndpointResult>\
    <EndpointArn>arn:aws:sns:us-east-1:000000000000:endpoint/GCM/atoll/t</EndpointArn>\
    </CreatePlatformEndpointResult></CreatePlatformEndpointResponse>";

#[derive(Debug, Default)]
struct Held {
    objects: BTreeMap<String, Vec<u8>>,
    told: Vec<String>,
    mails: Vec<String>,
    /// The phone numbers that text messages went to.
    texts: Vec<String>,
    /// Whether SNS refuses push messages.
    refuses_pushes: bool,
    /// What SES answers before it accepts e-mails, the last one first.
    refused_mails: Vec<(&'static str, Vec<u8>)>,
    /// What the moderator finds.
    label: Option<String>,
    /// What the timer was asked, by the names of the calls.
    timers: BTreeMap<String, String>,
    /// How many requests the timer refuses first.
    refused_timers: usize,
    uploads: BTreeMap<String, BTreeMap<usize, Vec<u8>>>,
    begun_uploads: usize,
    /// How many requests of uploads the bucket refuses first.
    refused_uploads: usize,
    /// The largest part that was written.
    largest_part: usize,
}

/// The services.
#[derive(Debug, Clone)]
pub struct Services {
    address: String,
    held: Arc<Mutex<Held>>,
    devices: Arc<DeviceGate>,
}

/// Lets a test do something while SNS enters a device.
#[derive(Debug, Default)]
struct DeviceGate {
    open: Arc<tokio::sync::Mutex<()>>,
    arrived: Notify,
}

struct Request {
    method: String,
    path: String,
    query: String,
    target: String,
    /// The entity tag that an object must have.
    if_match: Option<String>,
    /// The first and the last byte that are asked for.
    range: Option<(usize, usize)>,
    body: Vec<u8>,
}

impl Services {
    /// Starts them; they end with the test's runtime.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let services = Self { address, held: Arc::default(), devices: Arc::default() };
        let own = services.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream));
            }
        });
        services
    }

    /// How clients reach them.
    pub fn config(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
            .endpoint_url(&self.address)
            .build()
    }

    /// A timer that asks them.
    pub fn timer(&self) -> Timer {
        let client = aws_sdk_scheduler::Client::new(&self.config());
        Timer::new(client, "timers", "arn:aws:sqs:us-east-1:0:queue", "arn:aws:iam::0:role/timer")
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.held.lock().unwrap().objects.keys().cloned().collect()
    }

    /// Puts an object there.
    pub fn put(&self, key: &str, body: &[u8]) {
        self.held.lock().unwrap().objects.insert(key.to_owned(), body.to_vec());
    }

    /// Removes an object.
    pub fn remove(&self, key: &str) {
        self.held.lock().unwrap().objects.remove(key);
    }

    /// Requests to SES.
    pub fn mails(&self) -> Vec<String> {
        self.held.lock().unwrap().mails.clone()
    }

    /// Has SNS refuse push messages from now on, as during an outage.
    pub fn refuse_pushes(&self) {
        self.held.lock().unwrap().refuses_pushes = true;
    }

    /// Has SNS enter devices only after the guard is dropped.
    pub async fn hold_devices(&self) -> OwnedMutexGuard<()> {
        self.devices.open.clone().lock_owned().await
    }

    /// Waits until SNS was asked to enter a device.
    pub async fn a_device_is_entered(&self) {
        tokio::time::timeout(Duration::from_secs(10), self.devices.arrived.notified()).await.unwrap();
    }

    /// The phone numbers that text messages went to, one for each message.
    pub fn texts(&self) -> Vec<String> {
        self.held.lock().unwrap().texts.clone()
    }

    /// Has SES refuse the next e-mail.
    pub fn refuse_mail(&self, status: &'static str, body: &str) {
        self.held.lock().unwrap().refused_mails.push((status, body.as_bytes().to_vec()));
    }

    /// What the queue was told.
    pub fn told(&self) -> Vec<String> {
        self.held.lock().unwrap().told.clone()
    }

    /// Lets the moderator find this in every picture.
    pub fn find(&self, label: &str) {
        self.held.lock().unwrap().label = Some(label.to_owned());
    }

    /// The names of the calls that the timer was asked for.
    pub fn timers(&self) -> Vec<String> {
        self.held.lock().unwrap().timers.keys().cloned().collect()
    }

    /// Lets the timer refuse the next requests.
    pub fn refuse_timers(&self, count: usize) {
        self.held.lock().unwrap().refused_timers = count;
    }

    /// An object.
    pub fn object(&self, key: &str) -> Option<Vec<u8>> {
        self.held.lock().unwrap().objects.get(key).cloned()
    }

    /// How many uploads are begun and neither completed nor aborted.
    pub fn open_uploads(&self) -> usize {
        self.held.lock().unwrap().uploads.len()
    }

    /// The size of the largest part that was written.
    pub fn largest_part(&self) -> usize {
        self.held.lock().unwrap().largest_part
    }

    /// Lets the bucket refuse the next requests of uploads.
    pub fn refuse_uploads(&self, count: usize) {
        self.held.lock().unwrap().refused_uploads = count;
    }

    /// Lets the bucket lose all uploads that are not completed.
    pub fn lose_uploads(&self) {
        self.held.lock().unwrap().uploads.clear();
    }

    async fn serve(self, mut stream: TcpStream) {
        while let Some(request) = read(&mut stream).await {
            if request.body.starts_with(b"Action=CreatePlatformEndpoint") {
                self.devices.arrived.notify_one();
                drop(self.devices.open.lock().await);
            }
            let (status, body) = self.answer(&request);
            let length = body.len();
            let tag = match (request.method.as_str(), status.as_bytes()[0]) {
                ("PUT", _) => format!("etag: {}\r\n", tag(&request.body)),
                ("HEAD", b'2') => format!("etag: {}\r\n", tag(&body)),
                _ => String::new(),
            };
            let head = format!("HTTP/1.1 {status}\r\n{tag}content-length: {length}\r\n\r\n");
            let body = if request.method == "HEAD" { &[] } else { &body[..] };
            if stream.write_all(&[head.as_bytes(), body].concat()).await.is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> (&'static str, Vec<u8>) {
        const OK: &str = "200 OK";
        let mut held = self.held.lock().unwrap();
        let key = request.path.strip_prefix(&format!("/{BUCKET}/")).unwrap_or_default();
        let text = || String::from_utf8_lossy(&request.body).into_owned();
        match (request.method.as_str(), key) {
            (method, key) if !key.is_empty() && request.query.contains("upload") => held.upload(method, key, request),
            ("POST", "") if request.path.starts_with("/schedules/") => {
                let name = request.path.trim_start_matches("/schedules/").to_owned();
                if held.refused_timers > 0 {
                    held.refused_timers -= 1;
                    return ("400 Bad Request", br#"{"__type":"ValidationException","Message":"no"}"#.to_vec());
                }
                match held.timers.insert(name, text()) {
                    None => (OK, br#"{"ScheduleArn":"arn:aws:scheduler:::schedule/a/b"}"#.to_vec()),
                    Some(_) => ("409 Conflict", br#"{"__type":"ConflictException","Message":"exists"}"#.to_vec()),
                }
            }
            ("POST", "") if request.target.starts_with("RekognitionService") => {
                let found = held.label.as_ref().map(|label| format!(r#"{{"Name":"{label}","Confidence":99}}"#));
                let found = found.unwrap_or_default();
                (OK, format!(r#"{{"ModerationLabels":[{found}],"CustomLabels":[{found}]}}"#).into_bytes())
            }
            ("POST", "") if request.target.starts_with("AmazonSQS") => {
                held.told.push(text());
                (OK, br#"{"MessageId":"1","MD5OfMessageBody":"0","Successful":[],"Failed":[]}"#.to_vec())
            }
            ("POST", "") if request.path == "/v2/email/outbound-emails" => {
                held.mails.push(text());
                let refusal = held.refused_mails.pop();
                refusal.unwrap_or_else(|| (OK, br#"{"MessageId":"1"}"#.to_vec()))
            }
            ("POST", "") if text().starts_with("Action=CreatePlatformEndpoint") => (OK, ENDPOINT.to_vec()),
            ("POST", "") if text().starts_with("Action=Publish") => {
                let body = text();
                if held.refuses_pushes && body.contains("TargetArn=") {
                    return ("400 Bad Request", REFUSED_PUSH.to_vec());
                }
                let number = body.split('&').find_map(|part| part.strip_prefix("PhoneNumber="));
                held.texts.extend(number.map(|number| number.replace("%2B", "+")));
                (OK, PUBLISHED.to_vec())
            }
            ("POST", "") if text().starts_with("Action=") => (OK, b"<Done></Done>".to_vec()),
            ("POST", "") => {
                let body = text();
                let keys = body.split("<Key>").skip(1).filter_map(|part| part.split('<').next());
                keys.for_each(|key| drop(held.objects.remove(key)));
                (OK, b"<DeleteResult></DeleteResult>".to_vec())
            }
            ("GET", "") => {
                let prefix = request.query.split('&').find_map(|part| part.strip_prefix("prefix=")).unwrap_or_default();
                let prefix = prefix.replace("%2F", "/");
                let keys = held.objects.keys().filter(|key| key.starts_with(&prefix));
                let keys: Vec<_> = keys.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
                let keys = keys.concat();
                let list = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{keys}</ListBucketResult>");
                (OK, list.into_bytes())
            }
            ("PUT", key) => {
                held.objects.insert(key.to_owned(), request.body.clone());
                (OK, Vec::new())
            }
            ("DELETE", key) => {
                held.objects.remove(key);
                ("204 No Content", Vec::new())
            }
            (_, key) => match held.objects.get(key) {
                Some(body) if request.if_match.as_ref().is_some_and(|wanted| *wanted != tag(body)) => {
                    ("412 Precondition Failed", b"<Error><Code>PreconditionFailed</Code></Error>".to_vec())
                }
                Some(body) => match request.range {
                    Some((first, _)) if first >= body.len() => {
                        ("416 Requested Range Not Satisfiable", b"<Error><Code>InvalidRange</Code></Error>".to_vec())
                    }
                    Some((first, last)) => ("206 Partial Content", body[first..=last.min(body.len() - 1)].to_vec()),
                    None => (OK, body.clone()),
                },
                None => ("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
            },
        }
    }
}

impl Held {
    /// The bucket's multipart uploads, with the rules of S3 for parts.
    fn upload(&mut self, method: &str, key: &str, request: &Request) -> (&'static str, Vec<u8>) {
        const MIN_PART: usize = 5 * 1024 * 1024;
        let parameter =
            |name: &str| request.query.split('&').find_map(|part| part.strip_prefix(name)).unwrap_or_default();
        let refused = |status, code: &str| (status, format!("<Error><Code>{code}</Code></Error>").into_bytes());
        if self.refused_uploads > 0 {
            self.refused_uploads -= 1;
            return refused("403 Forbidden", "AccessDenied");
        }
        let id = parameter("uploadId=").to_owned();
        if method == "POST" && id.is_empty() {
            self.begun_uploads += 1;
            let id = format!("upload{}", self.begun_uploads);
            self.uploads.insert(id.clone(), BTreeMap::new());
            let begun =
                format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>");
            return ("200 OK", begun.into_bytes());
        }
        let Some(parts) = self.uploads.get_mut(&id) else { return refused("404 Not Found", "NoSuchUpload") };
        match method {
            "PUT" => {
                parts.insert(parameter("partNumber=").parse().unwrap(), request.body.clone());
                self.largest_part = self.largest_part.max(request.body.len());
                ("200 OK", Vec::new())
            }
            "DELETE" => {
                self.uploads.remove(&id);
                ("204 No Content", Vec::new())
            }
            _ => {
                let asked = String::from_utf8_lossy(&request.body).into_owned();
                let tags: Vec<_> = asked.split("<ETag>").skip(1).filter_map(|part| part.split('<').next()).collect();
                if !tags.iter().eq(parts.values().map(|part| tag(part)).collect::<Vec<_>>().iter()) {
                    return refused("400 Bad Request", "InvalidPart");
                }
                if parts.values().rev().skip(1).any(|part| part.len() < MIN_PART) {
                    return refused("400 Bad Request", "EntityTooSmall");
                }
                let whole = parts.values().flatten().copied().collect();
                self.uploads.remove(&id);
                self.objects.insert(key.to_owned(), whole);
                ("200 OK", b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>".to_vec())
            }
        }
    }
}

/// An entity tag.
fn tag(body: &[u8]) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// One request; none at the end of the connection.
async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
    };
    let length: usize = header("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let mut line = head.lines().next()?.split(' ');
    let (method, target) = (line.next()?.to_owned(), line.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        target: header("x-amz-target").unwrap_or_default(),
        if_match: header("if-match"),
        range: header("range").and_then(|range| {
            let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
            Some((first.parse().ok()?, last.parse().ok()?))
        }),
        body,
    })
}
