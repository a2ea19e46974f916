using System.Net;
using System.Text;
using FeedbackBot.Host.Tests.Flows;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>Who and what the Playground's door lets in.</summary>
public sealed class GuardTests
{
    private const string Valid = """{"user":"sam","channel":"sellers","text":"Contoso is stuck."}""";

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "localhost.evil.example")]
    [InlineData("Host", "10.0.0.1")]
    public async Task Other_pages_and_other_names_are_refused_and_nothing_is_done(string header, string value)
    {
        await using var host = await RunningHost.StartAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Get])
        {
            using var request = new HttpRequestMessage(method, new Uri("/playground/api/messages", UriKind.Relative))
            {
                Content = method == HttpMethod.Post ? new StringContent(Valid, Encoding.UTF8, "application/json") : null,
            };
            request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();
            using var response = await host.Client.Http.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await response.Content.ReadAsStringAsync()).ShouldContain("The Playground answers");
        }

        (await host.Client.AllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Its_own_page_is_let_in_and_told_to_run_nothing_foreign()
    {
        await using var host = await RunningHost.StartAsync();
        var address = host.Client.Http.BaseAddress!;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/playground/api/messages", UriKind.Relative))
        {
            Content = new StringContent(Valid, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Origin", address.GetLeftPart(UriPartial.Authority));
        using var response = await host.Client.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);

        using var page = await host.Client.Http.GetAsync(new Uri("/", UriKind.Relative));
        page.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/playground");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'self'");
        policy.ShouldNotContain("unsafe");
        page.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        page.Headers.Contains("Server").ShouldBeFalse();
    }

    [Theory]
    [InlineData("playground.js")]
    [InlineData("index.html")]
    public async Task The_page_has_no_way_from_text_to_markup(string name)
    {
        await using var stream = typeof(HostBuilding).Assembly.GetManifestResourceStream($"page/{name}").ShouldNotBeNull();
        using var reader = new StreamReader(stream);
        var source = await reader.ReadToEndAsync();
        foreach (var sink in (string[])["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser", "createContextualFragment", "srcdoc", "onclick=\""])
        {
            source.ShouldNotContain(sink, Case.Sensitive);
        }

        // No script stands in the page itself, so the policy needs no exception.
        if (name == "index.html")
        {
            source.Split("<script").Length.ShouldBe(2);
            source.ShouldContain("<script src=");
        }
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("\"text\"", 400)]
    [InlineData("""{"user":"sam","channel":"sellers","text":1}""", 400)]
    [InlineData("""{"user":"sam","channel":"sellers","text":"a","txt":"b"}""", 400)]
    [InlineData("""{"user":"sam","channel":"sellers","text":"a","text":"b"}""", 400)]
    [InlineData("""{"user":"sam","channel":"sellers","text":"a","Text":"b"}""", 400)]
    [InlineData("""{"user":"sam","channel":"sellers","text":"a \ud800 b"}""", 400)]
    [InlineData("""{"user":"sam","channel":"sellers","text":"a"} {}""", 400)]
    public async Task Json_that_is_not_what_is_expected_is_refused_in_words(string body, int status)
    {
        await using var host = await RunningHost.StartAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var (code, text) = await PostAsync(host, "messages", content);
        code.ShouldBe(status);
        text.ShouldContain("\"error\":\"The request is");
        (await host.Client.AllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        await using var host = await RunningHost.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 20_000)) + "1" + new string('}', 20_000);
        using var content = new StringContent($$"""{"user":"sam","message":"m","action":"skip","form":{{deep}}}""", Encoding.UTF8, "application/json");
        var (code, text) = await PostAsync(host, "actions", content);
        code.ShouldBe(400);
        text.ShouldContain("error");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Only_json_is_taken_so_that_a_plain_form_elsewhere_cannot_post(string? contentType)
    {
        await using var host = await RunningHost.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Valid));
        if (contentType is not null)
        {
            content.Headers.ContentType = new(contentType);
        }

        var (code, text) = await PostAsync(host, "messages", content);
        code.ShouldBe(415);
        text.ShouldContain("application/json");
    }

    [Fact]
    public async Task A_charset_that_does_not_exist_is_refused()
    {
        await using var host = await RunningHost.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Valid));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=bogus");
        (await PostAsync(host, "messages", content)).Code.ShouldBe(415);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        await using var host = await RunningHost.StartAsync();
        using var content = new ByteArrayContent([.. """{"user":"sam","channel":"sellers","text":"a"""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        (await PostAsync(host, "messages", content)).Code.ShouldBe(400);
    }

    [Fact]
    public async Task A_body_of_ten_megabytes_is_refused_unread()
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/playground/api/messages", UriKind.Relative))
        {
            Content = Huge(),
        };

        // As a careful client does with something large: it asks first, and sends nothing after a refusal.
        request.Headers.ExpectContinue = true;
        using var response = await host.Client.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(413);
        (await response.Content.ReadAsStringAsync()).ShouldContain("too large");
        (await host.Client.AllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_of_ten_megabytes_that_does_not_say_its_length_is_cut_off()
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/playground/api/messages", UriKind.Relative)) { Content = Huge() };
        request.Headers.TransferEncodingChunked = true;
        try
        {
            using var response = await host.Client.Http.SendAsync(request);
            ((int)response.StatusCode).ShouldBe(413);
        }
        catch (HttpRequestException)
        {
            // The service hung up while the rest was still being sent: the answer may not have been read any more.
        }

        await host.Client.SayAsync("sam", "Still there?");
        (await host.Client.AllAsync()).Count(message => message.From == "sam").ShouldBe(1);
    }

    [Theory]
    [InlineData("PUT", "/playground/api/messages")]
    [InlineData("DELETE", "/playground/api/messages")]
    [InlineData("GET", "/playground/api/actions")]
    [InlineData("POST", "/playground")]
    [InlineData("POST", "/health/ready")]
    public async Task A_method_that_is_not_there_is_refused(string method, string path)
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using var response = await host.Client.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldNotBeEmpty();
    }

    private static StringContent Huge()
        => new(Valid.Replace("stuck", new string('x', 10 << 20), StringComparison.Ordinal), Encoding.UTF8, "application/json");

    private static async Task<(int Code, string Text)> PostAsync(RunningHost host, string path, HttpContent content)
    {
        using var response = await host.Client.Http.PostAsync(new Uri($"/playground/api/{path}", UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
