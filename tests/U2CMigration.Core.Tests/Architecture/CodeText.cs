using System.Text;

namespace U2CMigration.Core.Tests.Architecture;

/// <summary>The code of a C# file: comments are left out, and of texts everything but what is computed in them.</summary>
internal ref struct CodeText
{
    private readonly ReadOnlySpan<char> _text;
    private readonly StringBuilder _code;
    private int _at;

    private CodeText(string text)
    {
        _text = text;
        _code = new StringBuilder(text.Length);
    }

    public static string Of(string text)
    {
        var reader = new CodeText(text);
        reader.ReadCode(closing: 0);
        return reader._code.ToString();
    }

    /// <summary>Reads to the end, or to the braces that end what is computed in a text.</summary>
    private void ReadCode(int closing)
    {
        int open = 0;
        while (_at < _text.Length)
        {
            ReadOnlySpan<char> rest = _text[_at..];
            if (rest.StartsWith("//") || rest.StartsWith("/*"))
            {
                int end = rest.IndexOf(rest[1] == '/' ? "\n" : "*/");
                _at += end < 0 ? rest.Length : rest[1] == '/' ? end : end + 2;
                _code.Append(' ');
            }
            else if (rest[0] == '\'')
            {
                _at += rest.Length > 1 && rest[1] == '\\' ? 3 : 2;
                _at += Math.Max(0, _text[_at..].IndexOf('\'')) + 1;
            }
            else if (rest[0] == '"' || (rest[0] is '$' or '@' && rest.TrimStart("$@").StartsWith("\"")))
            {
                ReadText();
            }
            else if (closing > 0 && open == 0 && rest[0] == '}')
            {
                _at += closing;
                return;
            }
            else
            {
                open += rest[0] == '{' ? 1 : rest[0] == '}' ? -1 : 0;
                _code.Append(rest[0]);
                _at++;
            }
        }
    }

    private void ReadText()
    {
        int start = _at;
        while (_text[_at] != '"')
        {
            _at++;
        }

        ReadOnlySpan<char> prefix = _text[start.._at];
        int holes = prefix.Count('$');
        int quotes = _text[_at..].IndexOfAnyExcept('"') is >= 3 and var raw ? raw : 1;
        bool hasEscapes = quotes == 1 && !prefix.Contains('@');
        bool isPlain = quotes == 1;
        string end = new('"', quotes);
        string hole = new('{', Math.Max(1, holes));
        _at += quotes;
        while (_at < _text.Length)
        {
            ReadOnlySpan<char> rest = _text[_at..];
            if (hasEscapes && rest[0] == '\\')
            {
                _at += 2;
            }
            else if (isPlain && ((!hasEscapes && rest.StartsWith("\"\"")) || (holes > 0 && rest.StartsWith("{{"))))
            {
                _at += 2;
            }
            else if (rest.StartsWith(end))
            {
                _at += quotes;
                _code.Append(' ');
                return;
            }
            else if (holes > 0 && rest.StartsWith(hole))
            {
                _at += hole.Length;
                _code.Append(' ');
                ReadCode(hole.Length);
            }
            else
            {
                _at++;
            }
        }
    }
}
