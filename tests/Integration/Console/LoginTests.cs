using System.Globalization;
using System.Runtime.Versioning;
using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.SignedIn;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>Signing in from a terminal, and where that is kept.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LoginTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("contestctl-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder, "within", "profiles.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task In_test_one_signs_in_under_a_name_and_later_commands_are_that_person_until_one_signs_out()
    {
        var address = world.Address.AbsoluteUri;

        var nameless = await Run("login", address);
        var signedIn = await Run("login", address, "--as", "ann", "--role", "operator", "--name", "dev");
        var mode = System.IO.File.GetUnixFileMode(File);
        var who = await Run("whoami");
        var replays = await Run("replay", "status");
        var other = await Run("context", "elsewhere");
        var settings = Profiles.Under(Environment());
        var signedOut = await Run("logout");
        var nobody = await Run("whoami");

        Assert.Equal((ExitCodes.Usage, ExitCodes.Success), (nameless, signedIn));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        Assert.Equal((ExitCodes.Success, ExitCodes.Success, ExitCodes.CheckFailed), (who, replays, other));
        var read = await Jwt.Read(
            settings["PAYOUT_API_TOKEN"]!, ApiWorld.Tokens with { Environment = "test" }, world.Api.Payouts.Clock.GetUtcNow());
        Assert.Equal("ann operator", read is JwtReading.Believed { Bearer: var bearer }
            ? $"{bearer.Subject} {string.Join(',', bearer.Roles)}" : read.ToString());
        Assert.Equal(address.TrimEnd('/'), settings["CONSOLE_API_URL"]);
        Assert.Equal((ExitCodes.Success, ExitCodes.Usage), (signedOut, nobody));
    }

    [Fact]
    public async Task With_an_authority_one_signs_in_by_a_code_that_is_entered_in_a_browser()
    {
        var authority = new Authority();
        await using var running = await authority.Start();
        await using var console = world.Make(
            ("CONSOLE_OIDC_AUTHORITY", authority.Address), ("CONSOLE_OIDC_CLIENT_ID", "console"),
            ("CONSOLE_OIDC_CLIENT_SECRET", "secret"), ("CONSOLE_PUBLIC_URL", "http://console.example"),
            ("CONSOLE_OIDC_CLI_CLIENT_ID", "contestctl"), ("ADMIN_DATABASE", null));
        await console.Start(Ct);

        var signedIn = await Run("login", console.Address.AbsoluteUri);
        authority.Denies = true;
        var denied = await Run("login", console.Address.AbsoluteUri, "--name", "again");

        Assert.Equal((ExitCodes.Success, ExitCodes.CheckFailed), (signedIn, denied));
        Assert.Equal("the authority's token", Profiles.Under(Environment())["PAYOUT_API_TOKEN"]);
        Assert.Equal(["pending", "pending", "given", "denied"], authority.Answers);
    }

    [Fact]
    public async Task Sign_ins_that_others_could_read_are_not_used_and_what_is_set_by_hand_comes_first()
    {
        await Run("login", world.Address.AbsoluteUri, "--as", "ann");
        var byHand = Profiles.Under(Environment(("PAYOUT_API_URL", "http://other.example")));
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var open = Assert.Throws<SettingException>(() => Profiles.Under(Environment()));

        Assert.Null(byHand["PAYOUT_API_TOKEN"]);
        Assert.Contains("chmod 600", open.Message, StringComparison.Ordinal);
    }

    private IConfiguration Environment(params (string Name, string Value)[] also) => new ConfigurationBuilder()
        .AddInMemoryCollection(
            [new("CONTESTCTL_PROFILES", File), .. also.Select(a => KeyValuePair.Create(a.Name, (string?)a.Value))])
        .Build();

    private Task<int> Run(params string[] args) =>
        CommandLine.Run(args, new Session(Profiles.Under(Environment()), TimeProvider.System), Ct);

    /// <summary>An authority that takes two looks until its user has entered the code.</summary>
    private sealed class Authority
    {
        public string Address { get; private set; } = "";

        public bool Denies { get; set; }

        public List<string> Answers { get; } = [];

        public async Task<IAsyncDisposable> Start()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
            var app = builder.Build();
            app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, string>
            {
                ["device_authorization_endpoint"] = $"{Address}/device", ["token_endpoint"] = $"{Address}/token",
            }));
            app.MapPost("/device", (HttpContext context) => context.Request.Form["client_id"] == "contestctl"
                ? Results.Json(new Dictionary<string, object>
                {
                    ["device_code"] = "device", ["user_code"] = "ABCD", ["verification_uri"] = $"{Address}/enter",
                    ["interval"] = 1,
                })
                : Results.Json(new { error = "invalid_client" }, statusCode: 400));
            app.MapPost("/token", () => Token());
            await app.StartAsync(Ct);
            Address = app.Urls.Single().ToString(CultureInfo.InvariantCulture);
            return app;
        }

        private IResult Token()
        {
            var answer = Denies ? "denied" : Answers.Count < 2 ? "pending" : "given";
            Answers.Add(answer);
            return answer switch
            {
                "given" => Results.Json(new Dictionary<string, object>
                {
                    ["access_token"] = "the authority's token", ["expires_in"] = 600,
                }),
                "denied" => Results.Json(new { error = "access_denied" }, statusCode: 400),
                _ => Results.Json(new { error = "authorization_pending" }, statusCode: 400),
            };
        }
    }
}
