using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using Stripe;
using File = System.IO.File;

namespace ContestPipeline.Integration.Stripe;

/// <summary>
/// Every request the client can make, put before two judges that were written by others from Stripe's own description: Stripe's
/// mock server and a form checker. Both refuse unknown parameters and wrong types. They lie in ../shared/stripe beside the
/// checkout; without them the tests are skipped.
/// </summary>
public sealed class RequestShapeTests(RequestJudges judges) : IClassFixture<RequestJudges>
{
    public static TheoryData<string, string> JudgesAndRequests() =>
        new(from judge in RequestJudges.Names from request in RequestShapes.All.Keys where RequestShapes.Knows(judge, request)
            select (judge, request));

    [Theory]
    [MemberData(nameof(JudgesAndRequests))]
    public async Task A_request_is_accepted_and_its_answer_can_be_read(string judge, string request) =>
        await RequestShapes.All[request](StripePlatform.NewClient(judges.Url(judge), maxNetworkRetries: 0));

    [Fact]
    public void Every_kind_of_request_that_the_product_makes_is_among_the_shapes()
    {
        var root = Root();
        var shapes = Text(Path.Combine(root, "tests", "Integration", "Stripe"));
        var product = Text(Path.Combine(root, "src"));

        var used = typeof(BaseOptions).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(BaseOptions)) && type.Name != nameof(ListOptions))
            .Select(type => type.Name).Where(name => Names(product, name)).Order(StringComparer.Ordinal).ToArray();

        Assert.True(used.Length > 10, $"found only {string.Join(", ", used)} in src");
        Assert.DoesNotContain(used, name => !Names(shapes, name));
    }

    private static bool Names(string text, string type) => Regex.IsMatch(text, $@"\b{type}\b");

    private static string Text(string folder) => string.Concat(
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>The checkout that this test was built from.</summary>
    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("the tests do not run in a checkout");
    }

    public static TheoryData<string, string> JudgesAndForms() =>
        new(from judge in RequestJudges.Names from path in s_forms.Keys select (judge, path));

    // What is enough for each operation, so that nothing but the colour can be refused.
    private static readonly Dictionary<string, string> s_forms = new()
    {
        ["/v1/transfers"] = "currency=usd&destination=acct_1&amount=1",
        ["/v1/transfers/tr_1/reversals"] = "amount=1",
        ["/v1/payment_intents"] = "amount=100&currency=usd",
        ["/v1/payment_intents/pi_1/confirm"] = "payment_method=pm_1",
        ["/v1/payment_intents/pi_1/cancel"] = "cancellation_reason=abandoned",
        ["/v1/refunds"] = "charge=ch_1",
        ["/v1/accounts"] = "country=US",
        ["/v1/account_links"] = "account=acct_1&type=account_onboarding",
        ["/v1/webhook_endpoints"] = "url=https%3A%2F%2Fplatform.example%2Fhooks&enabled_events[0]=charge.refunded",
        ["/v1/topups"] = "amount=1&currency=usd",
    };

    [Theory]
    [MemberData(nameof(JudgesAndForms))]
    public async Task A_judge_accepts_a_form_and_refuses_it_with_one_unknown_word(string judge, string path)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_1");

        var good = await Post(http, judges.Url(judge) + path, s_forms[path]);
        var bad = await Post(http, judges.Url(judge) + path, s_forms[path] + "&colour=red");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (good, bad));
    }

    private static async Task<HttpStatusCode> Post(HttpClient http, string url, string form)
    {
        using var body = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await http.PostAsync(url, body);
        return answer.StatusCode;
    }
}

/// <summary>The two judges as processes of their own, where they are present.</summary>
public sealed class RequestJudges : IAsyncLifetime
{
    public const string StripeMock = "stripe-mock";
    public const string FormCheck = "form_check";

    private readonly Dictionary<string, string> urls = [];
    private readonly Dictionary<string, string> absent = [];
    private readonly List<ChildProcess> processes = [];
    private DirectoryInfo? copy;

    public static IReadOnlyList<string> Names { get; } = [StripeMock, FormCheck];

    /// <summary>The address of a judge; the calling test is skipped when there is none.</summary>
    public string Url(string judge)
    {
        Assert.SkipUnless(urls.ContainsKey(judge), $"{judge} is not here: {absent.GetValueOrDefault(judge)}");
        return urls[judge];
    }

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } reference)
        {
            foreach (var name in Names) absent[name] = "there is no folder shared/stripe beside the checkout";
            return;
        }

        await StartMock(reference);
        await StartFormCheck(reference);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in processes) process.Dispose();
        copy?.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task StartMock(string reference)
    {
        var program = Path.Combine(reference, "stripe-mock");
        if (!File.Exists(program))
        {
            absent[StripeMock] = "the program is missing";
            return;
        }

        var port = FreePorts.One();
        var process = new ChildProcess(program, ["-http-addr", $"127.0.0.1:{port}", "-https-addr", "127.0.0.1:0"]);
        processes.Add(process);
        await process.LineAfter("Listening for HTTP at address");
        urls[StripeMock] = $"http://127.0.0.1:{port}";
    }

    /// <summary>Copied first: its packages are installed beside it.</summary>
    private async Task StartFormCheck(string reference)
    {
        copy = Directory.CreateTempSubdirectory("stripe-check-");
        var check = copy.CreateSubdirectory("check");
        foreach (var file in Directory.GetFiles(Path.Combine(reference, "check")))
            File.Copy(file, Path.Combine(check.FullName, Path.GetFileName(file)));
        File.Copy(Path.Combine(reference, "fixtures3.json"), Path.Combine(copy.FullName, "fixtures3.json"));
        try
        {
            using var install = new ChildProcess("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"], check.FullName);
            if (await install.ExitCode() != 0)
            {
                absent[FormCheck] = "npm ci could not install its packages";
                return;
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            absent[FormCheck] = "npm is not installed";
            return;
        }

        var port = FreePorts.One();
        var process = new ChildProcess(
            "node", ["form_check.js", Path.Combine(reference, "stripe-spec-reduced.json"), $"{port}"], check.FullName);
        processes.Add(process);
        await process.LineAfter("up");
        urls[FormCheck] = $"http://127.0.0.1:{port}";
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var reference = Path.Combine(folder.FullName, "shared", "stripe");
            if (Directory.Exists(reference)) return reference;
        }

        return null;
    }
}
