// What tests compare is plain text, whether or not Jest itself runs on a terminal.
process.env.NO_COLOR = '1';
delete process.env.FORCE_COLOR;
